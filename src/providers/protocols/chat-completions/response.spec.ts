import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../../core/errors.js';
import type { Quirks } from '../../../core/provider.js';
import { makeTarget } from '../../../../test/support/target.js';
import { fromUpstreamResponse } from './response.js';

const TARGET = makeTarget();

function read(body: unknown, quirks: Quirks = {}) {
  return fromUpstreamResponse(structuredClone(body), makeTarget({ provider: { quirks } }));
}

/** What is left of an answer when it is written as JSON. */
const written = (body: unknown): unknown => JSON.parse(JSON.stringify(read(body).completion));

function choiceOf(choice: Record<string, unknown>): unknown {
  const { choices } = written({ choices: [choice] }) as { choices: unknown[] };
  return choices[0];
}

const messageOf = (message: Record<string, unknown>) =>
  (choiceOf({ message, finish_reason: 'stop' }) as { message: unknown }).message;

const PLAIN = { role: 'assistant', content: 'Hi', refusal: null };

describe('fromUpstreamResponse', () => {
  it('keeps what nobody knows, and takes out what is the gateway’s own', () => {
    const body = {
      id: 'up-1',
      object: 'chat.completion',
      created: 5,
      model: 'native',
      x_new: { a: 1 },
      system_fingerprint: 'fp',
      choices: [
        {
          index: 0,
          message: { ...PLAIN, y_new: 2 },
          finish_reason: 'stop',
          z_new: 3,
          logprobs: null,
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    const answer = read(body);
    expect(JSON.parse(JSON.stringify(answer.completion))).toEqual({
      created: 5,
      x_new: { a: 1 },
      system_fingerprint: 'fp',
      choices: body.choices,
    });
    expect(answer).toMatchObject({
      usage: { promptTokens: 1, completionTokens: 2 },
      upstreamId: 'up-1',
      upstreamModel: 'native',
    });
  });

  it('an answer without usage has none, not zeros', () => {
    expect(read({ choices: [{ message: PLAIN, finish_reason: 'stop' }] }).usage).toBeUndefined();
  });

  it('fills in the members that OpenAI always sends', () => {
    expect(choiceOf({ message: {}, finish_reason: 'stop' })).toEqual({
      index: 0,
      message: { role: 'assistant', content: null, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    });
  });

  it.each([undefined, null, 'text', 5, [], {}, { choices: [] }, { choices: 'x' }])(
    'refuses what is no answer: %j',
    (body) => {
      expect(() => fromUpstreamResponse(body, TARGET)).toThrow(
        expect.objectContaining({ code: 'upstream_error' }),
      );
    },
  );

  it.each([
    [{ error: { message: 'slow down', code: 429 } }, 'upstream_rate_limited'],
    [{ error: { message: 'slow down', code: '429' } }, 'upstream_rate_limited'],
    [{ error: { message: 'no', type: 'invalid_request_error' } }, 'invalid_parameter'],
    [{ error: 'everything is wrong' }, 'upstream_error'],
    [{ object: 'error', message: 'bad', code: 400 }, 'invalid_parameter'],
    [{ choices: [{ message: PLAIN, finish_reason: 'error' }] }, 'overloaded'],
    [
      { choices: [{ message: PLAIN, finish_reason: 'insufficient_system_resource' }] },
      'overloaded',
    ],
  ])('an error in place of an answer: %j', (body, code) => {
    let thrown: unknown;
    try {
      fromUpstreamResponse(body, TARGET);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject({ code });
  });

  it('an error of null is none', () => {
    expect(() =>
      read({ error: null, choices: [{ message: PLAIN, finish_reason: 'stop' }] }),
    ).not.toThrow();
  });
});

describe('a message of an answer', () => {
  it.each([
    ['text', { content: 'Hi' }, { content: 'Hi' }],
    [
      'reasoning under its other name',
      { content: 'Hi', reasoning_content: 'hm' },
      { content: 'Hi', reasoning: 'hm' },
    ],
    [
      'reasoning under both names',
      { reasoning: 'a', reasoning_content: 'b' },
      { content: null, reasoning: 'a' },
    ],
    [
      'no reasoning',
      { content: 'Hi', reasoning: null, reasoning_content: null },
      { content: 'Hi' },
    ],
    [
      'content in parts',
      {
        content: [
          { type: 'text', text: 'H' },
          { type: 'text', text: 'i' },
        ],
      },
      { content: 'Hi' },
    ],
    [
      'thinking among the parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'Hi' },
        ],
      },
      { content: 'Hi', reasoning: 'hm' },
    ],
    [
      'thinking as text',
      { content: [{ type: 'thinking', thinking: 'hm' }] },
      { content: '', reasoning: 'hm' },
    ],
    [
      'images as objects',
      { content: '', images: [{ type: 'image_url', image_url: { url: 'data:1' } }, 'data:2'] },
      { content: '', images: ['data:1', 'data:2'] },
    ],
    [
      'thinking as the summary of a part',
      { content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] }] },
      { content: '', reasoning: 'hm' },
    ],
    [
      'pictures, refusals, plain texts and kinds that nobody knows among the parts',
      {
        content: [
          'H',
          { type: 'output_text', text: 'i' },
          { type: 'image_url', image_url: { url: 'data:1' } },
          { type: 'refusal', refusal: 'No.' },
          { type: 'reference', reference_ids: [1] },
          null,
        ],
      },
      { content: 'Hi', images: ['data:1'], refusal: 'No.' },
    ],
    [
      'every field that there could be, all of them empty',
      { content: 'Hi', annotations: null, function_call: { name: '', arguments: '' } },
      { content: 'Hi' },
    ],
    [
      'a call in the form of old',
      { content: null, function_call: { name: 'f', arguments: '{}' } },
      { content: null, function_call: { name: 'f', arguments: '{}' } },
    ],
    ['an empty list of calls', { content: 'Hi', tool_calls: [] }, { content: 'Hi' }],
    ['a refusal', { content: null, refusal: 'No.' }, { content: null, refusal: 'No.' }],
  ])('%s', (_what, given, expected) => {
    expect(messageOf(given)).toEqual({ role: 'assistant', refusal: null, ...expected });
  });

  it('tool calls have an id, a type, a name and arguments as text', () => {
    const tool_calls = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' }, kept: 1 },
      { function: { name: 'g', arguments: { y: 2 } } },
      { id: '', function: { name: 'h' } },
    ];
    expect(messageOf({ tool_calls })).toMatchObject({
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' }, kept: 1 },
        { id: 'call_1', type: 'function', function: { name: 'g', arguments: '{"y":2}' } },
        { id: 'call_2', type: 'function', function: { name: 'h', arguments: '{}' } },
      ],
    });
  });
});

describe('why an answer ended', () => {
  const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }];

  it.each([
    ['stop', 'stop', undefined],
    ['eos', 'stop', 'eos'],
    ['length', 'length', undefined],
    ['model_length', 'length', 'model_length'],
    ['tool_calls', 'tool_calls', undefined],
    ['content_filter', 'content_filter', undefined],
    ['SAFETY', 'content_filter', 'SAFETY'],
    ['a word that nobody knows', 'stop', 'a word that nobody knows'],
    ['constructor', 'stop', 'constructor'],
    [null, 'stop', undefined],
  ])('%s → %s', (native, canonical, kept) => {
    const choice = choiceOf({ message: PLAIN, finish_reason: native });
    expect(choice).toMatchObject({ finish_reason: canonical });
    expect((choice as Record<string, unknown>)['native_finish_reason']).toBe(kept);
  });

  it('who calls tools has not stopped; what was cut stays cut', () => {
    const message = { ...PLAIN, tool_calls: calls };
    expect(choiceOf({ message, finish_reason: 'stop' })).toMatchObject({
      finish_reason: 'tool_calls',
    });
    expect(choiceOf({ message, finish_reason: 'length' })).toMatchObject({
      finish_reason: 'length',
      message: { tool_calls: calls },
    });
  });
});
