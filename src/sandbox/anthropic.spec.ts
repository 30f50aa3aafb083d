import { describe, expect, it } from '@jest/globals';
import { anthropic } from './anthropic.js';
import { arrayAt, isObject, objectAt, stringAt, type JsonObject } from './json-read.js';
import { decideReply } from './reply.js';

const TOOLS = [
  {
    name: 'get_weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];
const THINKING = { thinking: { type: 'enabled', budget_tokens: 1024 } };

function asking(text: string, changes: JsonObject = {}): JsonObject {
  const messages = [{ role: 'user', content: text }];
  return { model: 'm', max_tokens: 2000, messages, tools: TOOLS, ...changes };
}

function answerTo(body: JsonObject): Parameters<typeof anthropic.whole>[0] {
  const request = anthropic.parse(body, {});
  return { id: 'msg_sbx1', created: 1, body, request, reply: decideReply(request) };
}

const whole = (body: JsonObject): JsonObject =>
  JSON.parse(anthropic.whole(answerTo(body))) as JsonObject;

function events(body: JsonObject): JsonObject[] {
  return [...anthropic.frames(answerTo(body))].map(({ data }) => {
    const [, name, json = ''] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(data) ?? [];
    const event = JSON.parse(json) as JsonObject;
    expect(event.type).toBe(name);
    return event;
  });
}

/** Puts a message together from its events, as a client does. */
function gathered(body: JsonObject): JsonObject {
  let message: JsonObject = {};
  const content: Record<string, unknown>[] = [];
  const json: string[] = [];
  for (const event of events(body)) {
    const at = Number(event.index);
    const block = content[at] ?? {};
    const delta = objectAt(event, 'delta') ?? {};
    if (event.type === 'message_start') message = { ...objectAt(event, 'message') };
    if (event.type === 'content_block_start') content[at] = { ...objectAt(event, 'content_block') };
    for (const key of ['text', 'thinking', 'signature']) {
      const piece = stringAt(delta, key);
      if (piece !== undefined) block[key] = (stringAt(block, key) ?? '') + piece;
    }
    json[at] = (json[at] ?? '') + (stringAt(delta, 'partial_json') ?? '');
    if (event.type === 'content_block_stop' && block.type === 'tool_use') {
      block.input = JSON.parse(json[at] ?? '') as unknown;
    }
    if (event.type === 'message_delta') {
      const usage = { ...objectAt(message, 'usage'), ...objectAt(event, 'usage') };
      message = { ...message, ...delta, usage };
    }
  }
  return { ...message, content };
}

describe('an Anthropic stream', () => {
  it.each([
    ['text', asking('Hello "you"\nthere')],
    ['thinking', asking('Hi', THINKING)],
    ['thinking and tool calls', asking('[[tools=2]]', THINKING)],
    ['cached tokens', asking('[[cached=3 tokens=5]]')],
    ['a stop sequence', asking('one two', { stop_sequences: ['two'] })],
    ['a refusal', asking('[[finish=refusal]]')],
    ['a cut answer', asking('[[tokens=20]]', { max_tokens: 3 })],
    ['nothing', asking('[[tokens=0]]')],
  ])('adds up to the whole answer: %s', (_name, body) => {
    expect(gathered(body)).toEqual(whole(body));
  });

  it('counts cached tokens apart and thinking within the output', () => {
    expect(whole(asking('[[cached=3 tokens=5 reasoning=2]]'))).toMatchObject({
      usage: { input_tokens: 6, cache_read_input_tokens: 3, output_tokens: 7 },
    });
  });

  it('names the stop sequence', () => {
    expect(whole(asking('one two', { stop_sequences: ['two'] }))).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'two',
    });
  });

  it('counts the system prompt', () => {
    const system = [{ type: 'text', text: 'x'.repeat(40) }];
    expect(whole(asking('1234', { system }))).toMatchObject({ usage: { input_tokens: 11 } });
  });

  it('never carries usage with no_usage', () => {
    const body = asking('[[no_usage=1]]');
    expect(JSON.stringify([whole(body), events(body)])).not.toContain('"usage"');
  });

  it('shows arguments that were cut short', () => {
    const body = asking('[[tool=get_weather]]', { max_tokens: 2 });
    const json = events(body).map(
      (event) => stringAt(objectAt(event, 'delta'), 'partial_json') ?? '',
    );
    expect(json.join('')).toBe('{"city":');
    expect(whole(body)).toMatchObject({ stop_reason: 'max_tokens', content: [{ input: {} }] });
  });

  it('answers in the schema asked for', () => {
    const format = { type: 'json_schema', schema: TOOLS[0]?.input_schema };
    const text = stringAt(
      arrayAt(whole(asking('x', { output_config: { format } })), 'content')[0],
      'text',
    );
    expect(JSON.parse(text ?? '')).toEqual({ city: 'city' });
  });
});

describe('what Anthropic refuses', () => {
  const refusal = (body: JsonObject): unknown => anthropic.check(body, anthropic.parse(body, {}));

  /** The request that follows a tool call, with the assistant's content as `change` leaves it. */
  function continued(settings: JsonObject, change: (content: unknown[]) => unknown[]): JsonObject {
    const body = asking('[[tool=get_weather]]', settings);
    const content = [...arrayAt(whole(body), 'content')];
    const call = content.find((block) => stringAt(block, 'type') === 'tool_use');
    const result = { type: 'tool_result', tool_use_id: stringAt(call, 'id'), content: 'sunny' };
    const messages = [
      ...arrayAt(body, 'messages'),
      { role: 'assistant', content: change(content) },
      { role: 'user', content: [result] },
    ];
    return { ...body, messages };
  }

  const withoutThinking = (content: unknown[]): unknown[] =>
    content.filter((block) => stringAt(block, 'type') !== 'thinking');

  it('accepts a continuation that is complete', () => {
    const body = continued(THINKING, (content) => content);
    expect(refusal(body)).toBeUndefined();
    expect(JSON.stringify(whole(body))).toContain('The tool answered: sunny');
    expect(refusal(continued({}, (content) => content))).toBeUndefined();
  });

  it.each(['thinking', 'signature'])('refuses a changed %s', (field) => {
    const body = continued(THINKING, ([first, ...rest]) => [
      { ...(isObject(first) ? first : {}), [field]: 'changed' },
      ...rest,
    ]);
    expect(refusal(body)).toMatchObject({
      status: 400,
      message: expect.stringContaining('messages.1.content.0: Invalid `signature`'),
    });
  });

  it.each(['enabled', 'adaptive'])('refuses lost thinking when it is %s', (type) => {
    const settings = type === 'enabled' ? THINKING : { thinking: { type } };
    expect(refusal(continued(settings, withoutThinking))).toMatchObject({
      status: 400,
      message: expect.stringContaining('Expected `thinking` or `redacted_thinking`'),
    });
  });

  it('refuses tool calls and results that do not belong together', () => {
    const stray = continued({}, () => [{ type: 'text', text: 'no call' }]);
    expect(refusal(stray)).toMatchObject({ message: expect.stringContaining('unexpected') });
    const body = continued({}, (content) => content);
    const open = { ...body, messages: arrayAt(body, 'messages').slice(0, 2) };
    expect(refusal(open)).toMatchObject({
      message: expect.stringContaining('without `tool_result`'),
    });
  });

  it.each([
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['no messages', { messages: [] }, 'at least one message'],
    ['a system role', { messages: [{ role: 'system', content: 'x' }] }, 'Unexpected role "system"'],
    [
      'empty text',
      { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
      'non-empty',
    ],
    ['a small budget', { thinking: { type: 'enabled', budget_tokens: 1 } }, 'budget_tokens'],
    ['a budget beyond the limit', { ...THINKING, max_tokens: 1024 }, 'must be greater than'],
    ['temperature with thinking', { ...THINKING, temperature: 0 }, '`temperature`'],
    ['a forced tool with thinking', { ...THINKING, tool_choice: { type: 'any' } }, 'tool_choice'],
  ])('refuses %s', (_name, changes, message) => {
    expect(refusal(asking('x', changes))).toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });
});
