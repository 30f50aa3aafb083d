import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatCompletion } from '../../src/core/chat.js';
import { anthropicMessages } from '../../src/providers/protocols/anthropic-messages/index.js';
import type { StreamOutput } from '../../src/providers/protocols/protocol.js';
import { accumulate } from '../support/accumulate.js';
import { makeTarget } from '../support/target.js';

type Json = Record<string, unknown>;

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

/** A block as an answer in one piece holds it, with what cuts it for the stream. */
interface Written {
  readonly block: Json;
  readonly cuts: readonly number[];
}

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const cuts = fc.array(fc.nat(20), { maxLength: 4 });
const citation = fc.oneof(
  fc.record({
    type: fc.constant('web_search_result_location'),
    url: fc.webUrl(),
    title: fc.option(word),
    cited_text: word,
  }),
  fc.record({ type: fc.constant('char_location'), document_title: word, cited_text: word }),
);
const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text: word }),
  fc.record({
    type: fc.constant('text'),
    text: word,
    citations: fc.array(citation, { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('thinking'), thinking: word, signature: word }),
  fc.record({ type: fc.constant('redacted_thinking'), data: filled }),
  fc.record({
    type: fc.constant('tool_use'),
    id: filled,
    name: filled,
    input: fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
  }),
  fc.record({
    type: fc.constant('server_tool_use'),
    id: filled,
    name: filled,
    input: fc.constant({ query: 'x' }),
  }),
  fc.record({
    type: fc.constantFrom('web_search_tool_result', 'compaction', 'to_come'),
    content: fc.jsonValue(),
  }),
);
const written: fc.Arbitrary<Written> = fc
  .record({ block, cuts })
  .map((value) => JSON.parse(JSON.stringify(value)) as Written);

const count = fc.nat(100_000);
const answer = fc.record({
  blocks: fc.array(written, { maxLength: 6 }),
  stopReason: fc.constantFrom(
    'end_turn',
    'max_tokens',
    'tool_use',
    'refusal',
    'pause_turn',
    'unheard_of',
  ),
  explanation: fc.option(filled),
  usage: fc.record({
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: fc.option(count),
    cache_creation_input_tokens: count,
  }),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

function cut(text: string, places: readonly number[]): string[] {
  const inside = [...new Set(places)]
    .filter((place) => place < text.length)
    .sort((left, right) => left - right);
  return [...inside, text.length].map((place, index) => text.slice(inside[index - 1] ?? 0, place));
}

/** The deltas of a block; what they add up to is left out of its first event. */
function pieces({ block: { type, ...fields }, cuts: places }: Written): {
  first: Json;
  deltas: Json[];
} {
  if (type === 'text') {
    const texts = cut(String(fields['text']), places).map((text) => ({ type: 'text_delta', text }));
    const cited = (fields['citations'] ?? []) as Json[];
    return {
      first: { type, text: '' },
      deltas: [...cited.map((found) => ({ type: 'citations_delta', citation: found })), ...texts],
    };
  }
  if (type === 'thinking') {
    const thoughts = cut(String(fields['thinking']), places).map((thinking) => ({
      type: 'thinking_delta',
      thinking,
    }));
    const signature = { type: 'signature_delta', signature: fields['signature'] };
    return { first: { type, thinking: '', signature: '' }, deltas: [...thoughts, signature] };
  }
  if (type === 'tool_use' && places.length > 0) {
    const parts = cut(JSON.stringify(fields['input']), places).map((json) => ({
      type: 'input_json_delta',
      partial_json: json,
    }));
    const silence = { type: 'input_json_delta', partial_json: '' };
    return { first: { type, ...fields, input: {} }, deltas: [silence, ...parts] };
  }
  return { first: { type, ...fields }, deltas: [] };
}

function asEvents({ blocks, stopReason, explanation, usage }: Answer): string[] {
  const early = {
    ...usage,
    output_tokens: 1,
    cache_read_input_tokens: usage.cache_read_input_tokens,
  };
  const events: Json[] = [
    { type: 'message_start', message: { id: 'msg', model: 'm', usage: early } },
  ];
  blocks.forEach((one, index) => {
    const { first, deltas } = pieces(one);
    events.push({ type: 'content_block_start', index, content_block: first });
    for (const delta of deltas)
      events.push({ type: 'content_block_delta', index, delta }, { type: 'ping' });
    events.push({ type: 'content_block_stop', index });
  });
  const delta = {
    stop_reason: stopReason,
    stop_details: explanation === null ? null : { explanation },
  };
  events.push(
    { type: 'message_delta', delta, usage: { output_tokens: usage.output_tokens } },
    { type: 'message_stop' },
  );
  return events.map((event) => JSON.stringify(event));
}

function asBody({ blocks, stopReason, explanation, usage }: Answer): Json {
  return {
    type: 'message',
    id: 'msg',
    model: 'm',
    content: blocks.map((one) => one.block),
    stop_reason: stopReason,
    stop_details: explanation === null ? null : { explanation },
    usage,
  };
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
