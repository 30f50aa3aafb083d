import fc from 'fast-check';

/** Processes of a story. */
export const PROCESSES = 3;

const ACTIONS = [
  'call',
  'close',
  'estimate',
  'progress',
  'post',
  'replay',
  'return',
  'tick',
  'lose reply',
  'crash',
  'bury',
  'fence',
  'true-up',
  'top-up',
  'refund',
] as const;

/** Something that happens: to a process or a call, which number picks, with an amount. */
export interface Command {
  readonly action: (typeof ACTIONS)[number];
  readonly process: number;
  readonly which: number;
  readonly amount: number;
}

const FREQUENT = new Set<string>(['call', 'close', 'estimate', 'post', 'tick']);

export function commandsOf(): fc.Arbitrary<Command[]> {
  const action = fc.oneof(
    ...ACTIONS.map((name) => ({
      arbitrary: fc.constant(name),
      weight: name === 'call' ? 10 : FREQUENT.has(name) ? 4 : 1,
    })),
  );
  return fc.array(
    fc.record({
      action,
      process: fc.nat(PROCESSES - 1),
      which: fc.nat(1_000),
      amount: fc.integer({ min: 1, max: 40 }),
    }),
    { minLength: 10, maxLength: 50, size: 'max' },
  );
}
