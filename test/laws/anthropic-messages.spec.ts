import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatCompletion } from '../../src/core/chat.js';
import { anthropicMessages } from '../../src/providers/protocols/anthropic-messages/index.js';
import type { StreamOutput } from '../../src/providers/protocols/protocol.js';
import { accumulate } from '../support/accumulate.js';
import { makeTarget } from '../support/target.js';
import { answer, asEvents, asBody } from './anthropic-answers.js';

const { stream } = anthropicMessages;
const target = makeTarget({ upstreamModel: 'claude-sonnet-4-5' });

function decode(events: readonly string[]): StreamOutput[] {
  let state = stream.start(target);
  const outputs: StreamOutput[] = [];
  for (const data of events) {
    const [next, made] = stream.step(state, { event: undefined, data });
    const [, again] = stream.step(state, { event: undefined, data });
    // The same event on the same state means the same: states are values.
    expect(again).toEqual(made);
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...stream.end(state)];
}

/** Arguments are compared as values: a stream keeps the provider's spacing. */
function withParsedArguments(completion: ChatCompletion): unknown {
  const [choice] = completion.choices;
  const calls = choice?.message.tool_calls?.map((call) => ({
    ...call,
    function: { ...call.function, arguments: JSON.parse(call.function.arguments) as unknown },
  }));
  return {
    ...completion,
    choices: [{ ...choice, message: { ...choice?.message, tool_calls: calls } }],
  };
}

describe('laws of the Messages dialect', () => {
  it('an answer means the same in one piece and as a stream', () => {
    fc.assert(
      fc.property(answer, (made) => {
        const whole = anthropicMessages.fromUpstreamResponse(asBody(made), target);
        const outputs = decode(asEvents(made));
        const chunks = outputs.flatMap((output) => (output.type === 'chunk' ? [output.chunk] : []));
        const usages = outputs.flatMap((output) => (output.type === 'usage' ? [output.usage] : []));
        expect(withParsedArguments(accumulate(chunks))).toEqual(
          withParsedArguments(whole.completion),
        );
        expect(usages.at(-1)).toEqual(whole.usage);
        expect(outputs.at(-1)).toEqual({ type: 'end' });
      }),
      { numRuns: 300 },
    );
  });

  it('a stream that is cut before its end is an error, wherever it is cut', () => {
    fc.assert(
      fc.property(answer, fc.nat(), (made, at) => {
        const events = asEvents(made);
        const outputs = decode(events.slice(0, at % events.length));
        expect(outputs.filter(({ type }) => type === 'error')).toHaveLength(1);
        expect(outputs.some(({ type }) => type === 'end')).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('no event makes the decoder throw, and nothing follows an error or an end', () => {
    const known = fc.constantFrom(
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'ping',
      'error',
      'constructor',
      '__proto__',
    );
    const inner = fc.constantFrom(
      'text',
      'thinking',
      'tool_use',
      'text_delta',
      'input_json_delta',
      'citations_delta',
    );
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record({ type: inner, text: fc.jsonValue(), input: fc.jsonValue() }),
    );
    const event = fc.record(
      {
        type: known,
        index: odd,
        message: odd,
        content_block: odd,
        delta: odd,
        usage: odd,
        error: odd,
      },
      { requiredKeys: ['type'] },
    );
    const data = fc.oneof(
      { weight: 5, arbitrary: event.map((value) => JSON.stringify(value)) },
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(data, { maxLength: 12 }), (events) => {
        const outputs = decode(events);
        const last = outputs.findIndex(({ type }) => type === 'error' || type === 'end');
        expect(last).toBe(outputs.length - 1);
      }),
      { numRuns: 500 },
    );
  });
});
