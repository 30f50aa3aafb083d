import type { Usage } from '../core/usage.js';

/** An attempt failed, and its provider told a usage with it. */
export class BilledFailure extends Error {
  constructor(
    readonly failure: unknown,
    readonly usage: Usage,
  ) {
    super('a failed attempt was billed');
  }
}

/** Why an attempt failed, and the usage that came with it. */
export function takeApart(thrown: unknown): {
  readonly failure: unknown;
  readonly usage: Usage | undefined;
} {
  if (thrown instanceof BilledFailure) return thrown;
  return { failure: thrown, usage: undefined };
}
