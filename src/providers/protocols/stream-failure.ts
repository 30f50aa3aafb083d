import { GatewayError } from '../../core/errors.js';
import type { StreamOutput } from './protocol.js';

/** A step of a decoder into its phase `failed`, in which it reads nothing more. */
export type FailedStep = readonly [{ readonly phase: 'failed' }, readonly StreamOutput[]];

const FAILED = { phase: 'failed' } as const;

/** What an event means that says nothing for the client. */
export const NOTHING: readonly StreamOutput[] = [];

/** Ends a stream in the middle, with what the client reads of it. */
export function fail(error: GatewayError): FailedStep {
  return [FAILED, [{ type: 'error', error }]];
}

/** Ends a stream at an event whose data is no JSON object. */
export function failUnreadable(): FailedStep {
  return fail(
    new GatewayError('upstream_error', { detail: 'an event of the stream is not a JSON object' }),
  );
}

/** What is told where the bytes ended and the answer had not. */
export function brokenOff(): readonly StreamOutput[] {
  const message = 'The provider broke off its answer.';
  return [{ type: 'error', error: new GatewayError('upstream_error', { message }) }];
}

/** The end of the bytes in a dialect where an event alone completes an answer. */
export function endByEvent({ phase }: { readonly phase: string }): readonly StreamOutput[] {
  return phase === 'ended' || phase === 'failed' ? NOTHING : brokenOff();
}
