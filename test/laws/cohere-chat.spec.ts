import { it } from '@jest/globals';
import fc from 'fast-check';
import { cohereChat } from '../../src/providers/protocols/cohere-chat/index.js';
import { namedEvents } from '../support/decoding.js';
import {
  expectErrorWhereCut,
  expectOneLastOutput,
  expectSameHoweverSplit,
  expectSumOfStream,
} from '../support/stream-laws.js';
import { makeTarget } from '../support/target.js';

type Json = Record<string, unknown>;

const TARGET = makeTarget({ upstreamModel: 'command-a-reasoning-08-2025' });

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const token = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/);
const citation = fc.record(
  {
    start: fc.nat(30),
    end: fc.nat(30),
    text: words,
    content_index: fc.nat(3),
    type: fc.constantFrom('TEXT_CONTENT', 'THINKING_CONTENT', 'PLAN'),
    sources: fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant('tool'),
          id: token,
          tool_output: fc.record({ url: fc.webUrl() }),
        }),
        fc.record({ type: fc.constant('document'), id: fc.oneof(fc.webUrl(), token) }),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['start', 'end', 'sources'] },
);
const call = fc.record({
  id: token,
  type: fc.constant('function'),
  function: fc.record({
    name: token,
    arguments: fc
      .dictionary(words, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
      .map((value) => JSON.stringify(value)),
  }),
});
const answer = fc.record({
  thoughts: fc.array(words, { maxLength: 2 }),
  plan: fc.option(words),
  texts: fc.array(words, { maxLength: 2 }),
  calls: fc.array(call, { maxLength: 3 }),
  citations: fc.array(citation, { maxLength: 3 }),
  finish: fc.constantFrom('COMPLETE', 'STOP_SEQUENCE', 'MAX_TOKENS', 'TOOL_CALL', 'UNHEARD_OF'),
  usage: fc.record({
    billed_units: fc.record({ input_tokens: fc.nat(999), output_tokens: fc.nat(999) }),
    tokens: fc.record({ input_tokens: fc.nat(999), reasoning_tokens: fc.nat(999) }),
    cached_tokens: fc.nat(999),
  }),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

function blocksOf({ thoughts, texts }: Answer): Json[] {
  return [
    ...thoughts.map((thinking) => ({ type: 'thinking', thinking })),
    ...texts.map((text) => ({ type: 'text', text })),
  ];
}

function asBody(made: Answer): Json {
  const { plan, calls, citations, finish, usage } = made;
  const said = { role: 'assistant', content: blocksOf(made), tool_calls: calls, citations };
  const message = plan === null ? said : { ...said, tool_plan: plan };
  return { id: 'c', message, finish_reason: finish, usage };
}

/** Both halves of a text, cut where no character is torn. */
function halves(whole: string): string[] {
  const characters = Array.from(whole);
  const middle = Math.ceil(characters.length / 2);
  return [characters.slice(0, middle).join(''), characters.slice(middle).join('')];
}

function asEvents(made: Answer): Json[] {
  const at = (type: string, message: Json, index = 0) => ({ type, index, delta: { message } });
  const blocks = blocksOf(made);
  const thoughts = made.thoughts.length;
  const said = blocks.map((block, index) => {
    const field = block['type'] === 'text' ? 'text' : 'thinking';
    const deltas = halves(String(block[field])).map((piece) =>
      at('content-delta', { content: { [field]: piece } }, index),
    );
    const start = at('content-start', { content: { ...block, [field]: '' } }, index);
    return [start, ...deltas, { type: 'content-end', index }];
  });
  const planned = halves(made.plan ?? '').map((piece) =>
    at('tool-plan-delta', { tool_plan: piece }),
  );
  const called = made.calls.flatMap(({ function: { name, arguments: given }, ...rest }, index) => [
    at('tool-call-start', { tool_calls: { ...rest, function: { name, arguments: '' } } }, index),
    // A call without arguments has no deltas.
    ...(given === '{}' ? [] : halves(given)).map((piece) =>
      at('tool-call-delta', { tool_calls: { function: { arguments: piece } } }, index),
    ),
    { type: 'tool-call-end', index },
  ]);
  const cited = made.citations.map((one, index) => at('citation-start', { citations: one }, index));
  return [
    { id: 'c', ...at('message-start', { role: 'assistant', content: [] }) },
    ...said.slice(0, thoughts).flat(),
    ...planned,
    ...said.slice(thoughts).flat(),
    ...cited,
    ...called,
    { type: 'message-end', delta: { finish_reason: made.finish, usage: made.usage } },
  ];
}

const subject = {
  protocol: cohereChat,
  target: TARGET,
  answers: answer,
  asBody,
  asEvents,
  bytesOf: (events: readonly Json[], newline = '\n') =>
    namedEvents(events, newline, ['data: [DONE]']),
};

it('a stream adds up to the answer in one piece', () => {
  expectSumOfStream(subject, 200);
});

it('any split of the bytes, and any kind of line end, gives the same outputs', () => {
  expectSameHoweverSplit(subject, 100);
});

it('a stream that is cut before its end is an error, wherever it is cut', () => {
  expectErrorWhereCut(subject, 50);
});

it('no event makes the decoder throw, and nothing follows an error or an end', () => {
  const type = fc.constantFrom(
    'message-start',
    'content-start',
    'content-delta',
    'tool-plan-delta',
    'tool-call-start',
    'tool-call-delta',
    'tool-call-end',
    'citation-start',
    'message-end',
    'constructor',
    '__proto__',
  );
  const odd = fc.jsonValue({ maxDepth: 2 });
  const message = fc.record({ content: odd, tool_calls: odd, citations: odd, tool_plan: odd });
  const delta = fc.oneof(odd, fc.record({ message: fc.oneof(odd, message), usage: odd }));
  const event = fc.record({ type, index: odd, delta }, { requiredKeys: ['type'] });
  const data = fc.oneof(
    { weight: 6, arbitrary: event.map((value) => JSON.stringify(value)) },
    fc.json(),
    fc.string(),
  );
  expectOneLastOutput(cohereChat, TARGET, data, 300);
});
