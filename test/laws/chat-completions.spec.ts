import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatRequest } from '../../src/core/chat.js';
import { chatCompletions } from '../../src/providers/protocols/chat-completions/index.js';
import { planParameters } from '../../src/providers/protocols/parameters.js';
import type { ServerSentEvent, StreamOutput } from '../../src/providers/protocols/protocol.js';
import { SseReader } from '../../src/providers/sse.js';
import { chunksOf } from '../support/chunks.js';
import { accumulate } from '../support/accumulate.js';
import { makeTarget } from '../support/target.js';

type Fields = Record<string, unknown>;

const TARGET = makeTarget();
const text = fc.string({ unit: 'grapheme', maxLength: 24 });

/** How a provider tells a stream of tool calls. */
const STYLES = ['openai', 'repeats id and name', 'without index', 'all at once'] as const;

const call = fc.record({
  id: fc.stringMatching(/^[a-z]{4,8}$/),
  name: fc.constantFrom('f', 'g'),
  args: text,
});
const choice = fc.record({
  content: text,
  reasoning: text,
  calls: fc.uniqueArray(call, { maxLength: 3, selector: ({ id }) => id }),
  finish: fc.constantFrom('stop', 'length', 'eos', 'content_filter'),
});
const answer = fc.record({
  choices: fc.array(choice, { minLength: 1, maxLength: 3 }),
  style: fc.constantFrom(...STYLES),
  reasoningField: fc.constantFrom('reasoning', 'reasoning_content'),
  size: fc.integer({ min: 1, max: 5 }),
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;
type Call = Answer['choices'][number]['calls'][number];

/** The answer in one piece. */
function whole({ choices, reasoningField }: Answer): Fields {
  return {
    id: 'up',
    model: 'native',
    choices: choices.map(({ content, reasoning, calls, finish }, index) => ({
      index,
      message: {
        role: 'assistant',
        content: content === '' && calls.length > 0 ? null : content,
        ...(reasoning === '' ? {} : { [reasoningField]: reasoning }),
        ...(calls.length === 0
          ? {}
          : {
              tool_calls: calls.map(({ id, name, args }) => ({
                id,
                type: 'function',
                function: { name, arguments: args },
              })),
            }),
      },
      finish_reason: finish,
    })),
  };
}

function pieces(value: string, size: number): string[] {
  const letters = Array.from(new Intl.Segmenter().segment(value), ({ segment }) => segment);
  const cut: string[] = [];
  while (letters.length > 0) cut.push(letters.splice(0, size).join(''));
  return cut;
}

function callDeltas({ id, name, args }: Call, index: number, { style, size }: Answer): Fields[] {
  const [first = '', ...more] = style === 'all at once' ? [args] : pieces(args, size);
  const place = style === 'without index' ? {} : { index };
  const head = { ...place, id, type: 'function', function: { name, arguments: first } };
  return [
    head,
    ...more.map((part) =>
      style === 'openai' || style === 'all at once'
        ? { ...place, function: { arguments: part } }
        : { ...place, id, function: { name, arguments: part } },
    ),
  ];
}

/** The same answer as events. */
function events(given: Answer): Fields[] {
  const { choices, reasoningField, size } = given;
  const event = (index: number, delta: Fields, finish_reason: string | null = null) => ({
    id: 'up',
    model: 'native',
    choices: [{ index, delta, finish_reason }],
  });
  return choices.flatMap(({ content, reasoning, calls, finish }, index) => [
    event(index, { role: 'assistant', content: '' }),
    ...pieces(reasoning, size).map((part) => event(index, { [reasoningField]: part })),
    ...pieces(content, size).map((part) => event(index, { content: part })),
    ...calls
      .flatMap((entry, place) => callDeltas(entry, place, given))
      .map((delta) => event(index, { tool_calls: [delta] })),
    event(index, {}, finish),
  ]);
}

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

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const asEvent = (data: unknown): ServerSentEvent => ({
  event: undefined,
  data: typeof data === 'string' ? data : JSON.stringify(data),
});

describe('the laws of the chat-completions dialect', () => {
  it('a stream adds up to the answer in one piece', () => {
    fc.assert(
      fc.property(answer, (given) => {
        const outputs = decode([...events(given).map(asEvent), asEvent('[DONE]')]);
        const { completion } = chatCompletions.fromUpstreamResponse(whole(given), TARGET);
        expect(plain(accumulate(chunksOf(outputs)))).toEqual(plain(completion));
        expect(outputs.at(-1)).toEqual({ type: 'end' });
      }),
      { numRuns: 400 },
    );
  });

  it('the bytes of a stream mean the same, however they are cut', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(5_000), { maxLength: 20 }), (given, cuts) => {
        const lines = events(given).map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`);
        const bytes = Buffer.from([...lines, 'data: [DONE]\n\n'].join(''));
        const places = [...new Set(cuts.map((place) => place % bytes.length))].sort(
          (a, b) => a - b,
        );
        const reader = new SseReader();
        const cut = [...places, bytes.length].map((end, at) =>
          bytes.subarray(places[at - 1] ?? 0, end),
        );
        const read = [...cut.flatMap((piece) => reader.push(piece)), ...reader.end()];
        expect(decode(read)).toEqual(decode([...events(given).map(asEvent), asEvent('[DONE]')]));
      }),
      { numRuns: 200 },
    );
  });

  it('a request that holds nothing of the gateway’s own passes unchanged', () => {
    const parameter = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter(
        (name) => !['web_search', 'plugins', 'reasoning', 'stream', '__proto__'].includes(name),
      );
    const request = fc.dictionary(parameter, fc.jsonValue(), { maxKeys: 6 });
    fc.assert(
      fc.property(request, (parameters) => {
        const messages = [{ role: 'user', content: 'Hello' }];
        const given = { ...parameters, model: 'ours', messages } as ChatRequest;
        const plan = planParameters(given, chatCompletions, TARGET);
        const { body } = chatCompletions.toUpstreamRequest(plan.request, TARGET);
        const {
          stream_options: _options,
          free_models_only: _free,
          no_reasoning: _no,
          ...rest
        } = given;
        expect(plain(body)).toEqual(plain({ ...rest, model: 'test-model' }));
        expect([plan.dropped, plan.refused]).toEqual([[], []]);
      }),
      { numRuns: 200 },
    );
  });
});
