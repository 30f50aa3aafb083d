import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatMessage } from '../../src/core/chat.js';
import { responses } from '../../src/providers/protocols/responses/index.js';
import { namedEvents } from '../support/decoding.js';
import {
  expectErrorWhereCut,
  expectOneLastOutput,
  expectSameHoweverSplit,
  expectSumOfStream,
} from '../support/stream-laws.js';
import { makeTarget } from '../support/target.js';
import { responseEvents, type ToldItem } from '../support/response-events.js';

type Json = Record<string, unknown>;

const TARGET = makeTarget({ upstreamModel: 'gpt-5', provider: { protocol: 'responses' } });

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const token = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/);
const texts = (type: string) =>
  fc.array(fc.record({ type: fc.constant(type), text: words }), { maxLength: 2 });
const annotation = fc.oneof(
  fc.record({
    type: fc.constant('url_citation'),
    url: fc.webUrl(),
    title: words,
    start_index: fc.nat(20),
    end_index: fc.nat(20),
  }),
  fc.record({ type: fc.constant('file_citation'), file_id: token, index: fc.nat(20) }),
);
const logprob = fc.record({ token: words, logprob: fc.constant(-0.5) });
const part = fc.oneof(
  fc.record({
    type: fc.constant('output_text'),
    text: words,
    annotations: fc.array(annotation, { maxLength: 2 }),
    logprobs: fc.array(logprob, { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('refusal'), refusal: words }),
);
const item: fc.Arbitrary<Json> = fc.oneof(
  fc.record(
    {
      type: fc.constant('reasoning'),
      id: token,
      summary: texts('summary_text'),
      content: texts('reasoning_text'),
      encrypted_content: fc.oneof(token, fc.constant(null)),
    },
    { requiredKeys: ['type', 'id', 'summary'] },
  ),
  fc.record({ type: fc.constant('message'), content: fc.array(part, { maxLength: 2 }) }),
  fc.record({
    type: fc.constant('function_call'),
    id: token,
    call_id: token,
    name: token,
    arguments: fc
      .dictionary(words, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 })
      .map((value) => JSON.stringify(value)),
  }),
  fc.record({
    type: fc.constant('web_search_call'),
    status: fc.constantFrom('completed', 'failed'),
    action: fc.record({
      type: fc.constantFrom('search', 'open_page'),
      sources: fc.array(fc.record({ url: fc.webUrl() }), { maxLength: 2 }),
    }),
  }),
  fc.record({ type: fc.constantFrom('code_interpreter_call', 'to_come'), code: words }),
);
/** An item, and whether it comes piece by piece or all at its end. */
const told: fc.Arbitrary<ToldItem> = fc.record({ item, inPieces: fc.boolean() });
const ending = fc.constantFrom(
  { status: 'completed' },
  { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
);
const usage = fc.record({
  input_tokens: fc.nat(999),
  input_tokens_details: fc.record({ cached_tokens: fc.nat(999), cache_write_tokens: fc.nat(99) }),
  output_tokens: fc.nat(999),
  output_tokens_details: fc.record({ reasoning_tokens: fc.nat(999) }),
});
const answer = fc.record({ items: fc.array(told, { maxLength: 5 }), ending, usage });
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

function asBody({ items, ending: end, usage: figures }: Answer): Json {
  const output = items.map(({ item: one }) => one);
  return { id: 'r', model: 'gpt-5', service_tier: 'default', output, usage: figures, ...end };
}

function asEvents(made: Answer): Json[] {
  return responseEvents(made.items, asBody(made));
}

const subject = {
  protocol: responses,
  target: TARGET,
  answers: answer,
  asBody,
  asEvents,
  bytesOf: namedEvents,
};

it('a stream adds up to the answer in one piece', () => {
  expectSumOfStream(subject, 300);
});

it('any split of the bytes, and any kind of line end, gives the same outputs', () => {
  expectSameHoweverSplit(subject, 100);
});

it('a stream that is cut before its end is an error, wherever it is cut', () => {
  expectErrorWhereCut(subject, 50);
});

it('no event makes the decoder throw, and nothing follows an error or an end', () => {
  const names = [
    'created',
    'output_item.added',
    'output_item.done',
    'output_text.delta',
    'refusal.delta',
  ];
  const more = [
    'output_text.annotation.added',
    'function_call_arguments.delta',
    'reasoning_text.delta',
  ];
  const last = ['reasoning_summary_text.delta', 'completed', 'failed', 'constructor'];
  const type = fc.constantFrom(
    ...[...names, ...more, ...last].map((name) => `response.${name}`),
    'error',
  );
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), item);
  const event = fc.record(
    {
      type,
      output_index: odd,
      item: odd,
      delta: odd,
      annotation: odd,
      logprobs: odd,
      response: odd,
    },
    { requiredKeys: ['type'] },
  );
  const data = fc.oneof(
    { weight: 6, arbitrary: event.map((value) => JSON.stringify(value)) },
    fc.json(),
    fc.string(),
  );
  expectOneLastOutput(responses, TARGET, data, 300);
});

it('the reasoning of an answer, sent back, is what the provider gave', () => {
  fc.assert(
    fc.property(answer, (made) => {
      const { completion } = responses.fromUpstreamResponse(asBody(made), TARGET);
      const [choice] = completion.choices;
      const messages: ChatMessage[] = [{ ...choice?.message, role: 'assistant' }];
      const { body } = responses.toUpstreamRequest({ model: 'm', messages }, TARGET);
      const sent = (body['input'] as Json[]).filter(({ type }) => type === 'reasoning');
      const thoughts = made.items
        .map(({ item: one }) => one)
        .filter(({ type }) => type === 'reasoning');
      // Items that have an id in common cannot be told apart.
      fc.pre(new Set(thoughts.map(({ id }) => id)).size === thoughts.length);
      const readable = thoughts.filter(
        ({ encrypted_content: secret, content }) =>
          secret || (content as Json[] | undefined)?.length,
      );
      expect(sent.map(({ encrypted_content: secret }) => secret ?? null)).toEqual(
        readable.map(({ encrypted_content: secret }) => secret ?? null),
      );
      expect(sent.map(({ summary }) => summary)).toEqual(readable.map(({ summary }) => summary));
    }),
    { numRuns: 100 },
  );
});
