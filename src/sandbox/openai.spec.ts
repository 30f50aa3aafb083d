import { describe, expect, it } from '@jest/globals';
import { arrayAt, objectAt, stringAt, type JsonObject } from './json-read.js';
import { openai } from './openai.js';
import { decideReply } from './reply.js';

const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

function asking(text: string, changes: JsonObject = {}): JsonObject {
  return { model: 'm', messages: [{ role: 'user', content: text }], ...changes };
}

function answerTo(body: JsonObject): Parameters<typeof openai.whole>[0] {
  const request = openai.parse(body, {});
  return { id: 'chatcmpl-1', created: 1, body, request, reply: decideReply(request) };
}

const whole = (body: JsonObject): JsonObject =>
  JSON.parse(openai.whole(answerTo(body))) as JsonObject;

function chunks(body: JsonObject): JsonObject[] {
  const frames = [...openai.frames(answerTo(body))].map((frame) => frame.data);
  expect(frames.at(-1)).toBe('data: [DONE]\n\n');
  return frames.slice(0, -1).map((data) => JSON.parse(data.slice('data: '.length)) as JsonObject);
}

/** Puts a message together from the deltas of one choice, as a client does. */
function gathered(body: JsonObject, index = 0): JsonObject {
  const message = { content: '', refusal: '', reasoning_content: '' };
  const calls: { id?: string; name?: string; arguments: string }[] = [];
  let finish: unknown;
  for (const choice of chunks(body).flatMap((chunk) => arrayAt(chunk, 'choices'))) {
    if (objectAt({ choice }, 'choice')?.index !== index) continue;
    const delta = objectAt(choice, 'delta');
    for (const key of ['content', 'refusal', 'reasoning_content'] as const) {
      message[key] += stringAt(delta, key) ?? '';
    }
    for (const call of arrayAt(delta, 'tool_calls')) {
      const at = Number(objectAt({ call }, 'call')?.index);
      const known = (calls[at] ??= { arguments: '' });
      known.id ??= stringAt(call, 'id');
      known.name ??= stringAt(objectAt(call, 'function'), 'name');
      known.arguments += stringAt(objectAt(call, 'function'), 'arguments') ?? '';
    }
    finish = objectAt({ choice }, 'choice')?.finish_reason ?? finish;
  }
  return { ...message, calls, finish };
}

function wholeGathered(body: JsonObject, index = 0): JsonObject {
  const choice = arrayAt(whole(body), 'choices')[index];
  const message = objectAt(choice, 'message');
  return {
    content: stringAt(message, 'content') ?? '',
    refusal: stringAt(message, 'refusal') ?? '',
    reasoning_content: stringAt(message, 'reasoning_content') ?? '',
    calls: arrayAt(message, 'tool_calls').map((call) => ({
      id: stringAt(call, 'id'),
      name: stringAt(objectAt(call, 'function'), 'name'),
      arguments: stringAt(objectAt(call, 'function'), 'arguments'),
    })),
    finish: stringAt(choice, 'finish_reason'),
  };
}

describe('an OpenAI stream', () => {
  it.each([
    ['text', asking('Hello "you"\nthere')],
    ['reasoning', asking('[[tokens=20 reasoning=5]]')],
    ['tool calls', asking('[[tools=2]]', { tools: TOOLS })],
    ['a refusal', asking('[[finish=refusal]]')],
    ['a cut answer', asking('[[tokens=20]]', { max_completion_tokens: 3 })],
    ['cut arguments', asking('[[tool=get_weather]]', { tools: TOOLS, max_tokens: 2 })],
    ['JSON', asking('Hi', { response_format: { type: 'json_object' } })],
  ])('adds up to the whole answer: %s', (_name, body) => {
    expect(gathered(body)).toEqual(wholeGathered(body));
  });

  it('keeps alternatives apart', () => {
    const body = asking('Hi', { n: 3 });
    for (const index of [0, 1, 2]) {
      expect(gathered(body, index)).toEqual(wholeGathered(body, index));
    }
    expect(gathered(body, 2).content).toBe('You said (3): Hi');
  });

  it('carries usage only when asked, in a chunk without choices', () => {
    const body = asking('[[tokens=4 reasoning=2 cached=3]]');
    expect(chunks(body).some((chunk) => 'usage' in chunk)).toBe(false);
    const last = chunks({ ...body, stream_options: { include_usage: true } }).at(-1);
    expect(last).toMatchObject({ choices: [], usage: whole(body).usage });
    expect(last?.usage).toMatchObject({
      prompt_tokens: 9,
      completion_tokens: 6,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 2 },
    });
  });

  it('carries it unasked with usage', () => {
    const last = chunks(asking('[[tokens=4 usage=1]]')).at(-1);
    expect(last).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
  });

  it('never carries usage with no_usage', () => {
    const body = asking('[[no_usage=1]]', { stream_options: { include_usage: true } });
    expect(whole(body)).not.toHaveProperty('usage');
    expect(chunks(body).every((chunk) => (chunk.usage ?? null) === null)).toBe(true);
  });

  it('marks as many tokens as it counts', () => {
    const answer = answerTo(asking('[[tools=3 reasoning=4]]', { tools: TOOLS }));
    const frames = [...openai.frames(answer)];
    const sum = frames.reduce((total, frame) => total + frame.tokens, 0);
    expect(sum).toBe(answer.reply.usage.completionTokens);
  });
});

describe('reading an OpenAI request', () => {
  it('takes directives from metadata and text parts', () => {
    const content = [{ type: 'text', text: '[[tokens=1 id=a]]' }, { type: 'image_url' }];
    const body = { messages: [{ role: 'user', content }], metadata: { sandbox_tokens: '2' } };
    expect(openai.parse(body, {}).directives).toEqual({ tokens: 2, id: 'a' });
  });
});

describe('what OpenAI refuses', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const asked = { role: 'user', content: 'x' };
  const called = { role: 'assistant', content: null, tool_calls: [call] };
  const result = { role: 'tool', tool_call_id: 'call_1', content: 'ok' };
  const refusal = (body: JsonObject): unknown => openai.check(body, openai.parse(body, {}));
  const refused = (messages: unknown): unknown => refusal({ model: 'm', messages });

  it('accepts a proper conversation', () => {
    expect(refused([asked, called, result, asked])).toBeUndefined();
  });

  it.each([
    ['a tool message without a call', [asked, result], "messages with role 'tool' must be"],
    [
      'a tool message for another call',
      [asked, called, { ...result, tool_call_id: 'x' }],
      'not found',
    ],
    ['a second answer', [asked, called, result, result], 'not found'],
    ['an unanswered call', [asked, called, asked], 'did not have response messages: call_1'],
    ['an unanswered call at the end', [asked, called], 'did not have response messages: call_1'],
    ['no messages', [], 'empty array'],
    ['messages that are no array', 'x', "Missing required parameter: 'messages'"],
  ])('refuses %s', (_name, messages, message) => {
    expect(refused(messages)).toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });

  it('refuses a missing model and a limit of zero', () => {
    expect(refusal({ messages: [asked] })).toMatchObject({ status: 400 });
    expect(refusal(asking('x', { max_tokens: 0 }))).toMatchObject({ param: 'max_tokens' });
  });
});
