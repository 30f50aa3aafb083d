import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../src/core/errors.js';
import { chatCompletions } from '../../src/providers/protocols/chat-completions/index.js';
import type { ServerSentEvent, StreamOutput } from '../../src/providers/protocols/protocol.js';
import { chunksOf } from '../support/chunks.js';
import { makeTarget } from '../support/target.js';

const TARGET = makeTarget();

function decode(list: readonly ServerSentEvent[]): StreamOutput[] {
  let state = chatCompletions.stream.start(TARGET);
  const outputs: StreamOutput[] = [];
  for (const event of list) {
    const [next, made] = chatCompletions.stream.step(state, event);
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...chatCompletions.stream.end(state)];
}

describe('garbage', () => {
  /** JSON that looks a little like an answer, with anything in every place. */
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...[
            'choices',
            'delta',
            'message',
            'tool_calls',
            'function',
            'arguments',
            'content',
            'usage',
          ],
          ...[
            'error',
            'index',
            'id',
            'finish_reason',
            'images',
            'type',
            'text',
            'x_groq',
            'name',
            'code',
          ],
        ),
        tie('value'),
        { maxKeys: 5 },
      ),
    ),
  })).value;

  it('never throws in a stream, and never gives an end and an error', () => {
    const data = fc.oneof(
      anything.map((value) => JSON.stringify(value)),
      fc.string(),
      fc.constant('[DONE]'),
    );
    const event = fc.record({ event: fc.constantFrom(undefined, 'error', 'ping'), data });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), (list) => {
        const outputs = decode(list);
        const last = outputs.filter(({ type }) => type === 'end' || type === 'error');
        expect(last).toHaveLength(1);
        expect(outputs.at(-1)).toBe(last[0]);
        for (const { choices } of chunksOf(outputs)) {
          for (const choice of choices) expect(typeof choice.delta).toBe('object');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('in place of an answer is an answer or an error of the table', () => {
    fc.assert(
      fc.property(anything, (body) => {
        try {
          const { completion } = chatCompletions.fromUpstreamResponse(body, TARGET);
          for (const { message } of completion.choices) expect(message.role).toBe('assistant');
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('in place of an error is an error of the table', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), anything, (status, body) => {
        const error = chatCompletions.fromUpstreamError(
          { status, body, retryAfterSeconds: undefined },
          TARGET,
        );
        expect(error).toBeInstanceOf(GatewayError);
        expect(error.code).not.toBe('internal_error');
      }),
      { numRuns: 500 },
    );
  });
});
