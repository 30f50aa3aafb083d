import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { stream } from '../../src/providers/protocols/chat-completions/stream.js';
import { makeTarget } from '../support/target.js';
import { chunksOf } from '../support/chunks.js';

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('"', '\\', '\n', '"}}]}', '","content":"', '\\u0041', '\u2028', 'é', '\ud800'),
);

/** Chunks of one stream: the same envelope around each text, and now and then something else. */
const events = fc
  .record({
    envelope: fc.record({ system_fingerprint: fc.constantFrom('fp', null), extra: fc.jsonValue() }),
    deltas: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: text.map((content) => ({ content })) },
        { weight: 1, arbitrary: text.map((content) => ({ content, reasoning_content: 'so' })) },
        { weight: 1, arbitrary: fc.constant({ content: '' }) },
      ),
      { minLength: 2, maxLength: 12 },
    ),
  })
  .map(({ envelope, deltas }) =>
    deltas.map((delta) => ({
      event: undefined,
      data: JSON.stringify({
        id: 'x',
        ...envelope,
        choices: [{ index: 0, delta, finish_reason: null }],
      }),
    })),
  );

describe('a chunk that is known by its form', () => {
  it('says the same as one that was taken apart', () => {
    let short = 0;
    fc.assert(
      fc.property(events, (list) => {
        let state = stream.start(makeTarget());
        for (const event of list) {
          const [, apart] = stream.step({ ...state, template: undefined } as typeof state, event);
          const long = JSON.parse(JSON.stringify(chunksOf(apart))) as unknown;
          const [next, outputs] = stream.step(state, event);
          expect(JSON.parse(JSON.stringify(chunksOf(outputs)))).toEqual(long);
          if (outputs[0]?.type === 'text') short += 1;
          state = next;
        }
      }),
      { numRuns: 500 },
    );
    expect(short).toBeGreaterThan(100);
  });
});
