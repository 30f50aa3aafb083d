import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, ChatRequest } from '../../../core/chat.js';
import type { Quirks } from '../../../core/provider.js';
import { makeTarget } from '../../../../test/support/target.js';
import { toUpstreamRequest, unsupportedValues } from './request.js';

const HELLO: ChatMessage = { role: 'user', content: 'Hello' };

function bodyOf(request: Partial<ChatRequest>, quirks: Quirks = {}) {
  const target = makeTarget({ upstreamModel: 'native-name', provider: { quirks } });
  const whole = { model: 'ours', messages: [HELLO], ...request } as ChatRequest;
  return toUpstreamRequest(whole, target).body;
}

const messagesOf = (messages: ChatMessage[], quirks: Quirks = {}) =>
  bodyOf({ messages }, quirks)['messages'];

describe('toUpstreamRequest', () => {
  it('sends the request as it is, under the name that the provider has for the model', () => {
    const request = {
      temperature: 0,
      tools: [{ type: 'x_tool', secret: 1 }],
      unheard_of: { a: [1] },
    };
    expect(bodyOf(request)).toEqual({ model: 'native-name', messages: [HELLO], ...request });
  });

  it('does not change the request that it was given', () => {
    const message: ChatMessage = {
      role: 'assistant',
      content: 'x',
      reasoning: 'because',
      name: 'n',
    };
    const request = {
      model: 'ours',
      messages: [message],
      stream: true,
      reasoning: { effort: 'low' },
    } as ChatRequest;
    const before = structuredClone(request);
    const quirks: Quirks = { roles: { assistant: 'model' }, dropMessageFields: ['name'] };
    toUpstreamRequest(request, makeTarget({ provider: { quirks } }));
    expect(request).toEqual(before);
  });

  it('asks for usage in a stream, whatever the client wants to see of it', () => {
    const stream_options = { include_usage: false, chunk_size: 3 };
    expect(bodyOf({ stream: true })).toMatchObject({ stream_options: { include_usage: true } });
    expect(bodyOf({ stream: true, stream_options })['stream_options']).toEqual({
      include_usage: true,
      chunk_size: 3,
    });
  });

  it('does not ask where the provider tells usage unasked', () => {
    expect(bodyOf({ stream: true, stream_options: {} }, { streamUsage: 'always' })).toEqual({
      model: 'native-name',
      messages: [HELLO],
      stream: true,
    });
  });

  it('says nothing of streams in a request for one piece', () => {
    expect(bodyOf({ stream: false, stream_options: {} })).toEqual({
      model: 'native-name',
      messages: [HELLO],
    });
  });
});

describe('reasoning', () => {
  it('what the client says in the provider’s own words goes before what it says in OpenAI’s', () => {
    const quirks: Quirks = { reasoningSwitch: { form: 'thinking' } };
    const thinking = { type: 'disabled' };
    expect(bodyOf({ reasoning_effort: 'high', thinking }, quirks)).toEqual({
      model: 'native-name',
      messages: [HELLO],
      thinking,
    });
  });

  it('an effort goes under the name that the dialect has for it', () => {
    expect(bodyOf({ reasoning: { effort: 'low' } })).toEqual({
      model: 'native-name',
      messages: [HELLO],
      reasoning_effort: 'low',
    });
  });

  it('`reasoning_effort` goes before `reasoning.effort`', () => {
    const body = bodyOf({ reasoning: { effort: 'low' }, reasoning_effort: 'high' });
    expect(body).toMatchObject({ reasoning_effort: 'high' });
    expect(body).not.toHaveProperty('reasoning');
  });

  it('passes as it is where the provider reads it itself', () => {
    const quirks: Quirks = { parameters: { reasoning: { rule: 'pass' } } };
    const reasoning = { max_tokens: 9 };
    expect(bodyOf({ reasoning }, quirks)).toMatchObject({ reasoning });
    expect(bodyOf({ reasoning }, quirks)).not.toHaveProperty('reasoning_effort');
  });
});

describe('messages', () => {
  it('what the gateway itself puts into an answer does not go back', () => {
    const said: ChatMessage = {
      role: 'assistant',
      content: 'x',
      refusal: null,
      reasoning: 'because',
      reasoning_details: [{ type: 'reasoning.text', text: 'because' }],
      images: ['data:,'],
      annotations: [],
      audio: { id: 'a' },
    };
    expect(messagesOf([said])).toEqual([
      { role: 'assistant', content: 'x', refusal: null, audio: { id: 'a' } },
    ]);
  });

  it('only an assistant has such fields; in other messages they are the client’s own', () => {
    const message = { role: 'user', content: 'x', reasoning: 'mine' } as ChatMessage;
    expect(messagesOf([message])).toEqual([message]);
  });

  it.each([
    ['reasoning_content', { reasoning: 'because' }, { reasoning_content: 'because' }],
    ['reasoning_content', { reasoning_content: 'because' }, { reasoning_content: 'because' }],
    ['reasoning_content', {}, {}],
    ['reasoning_details', { reasoning: 'x', reasoning_details: [] }, { reasoning_details: [] }],
  ])('earlier reasoning goes back as %s: %j', (reasoningReplayField, given, expected) => {
    const message: ChatMessage = { role: 'assistant', content: 'y', ...given };
    expect(messagesOf([message], { reasoningReplayField })).toEqual([
      { role: 'assistant', content: 'y', ...expected },
    ]);
  });

  it('a signature of Gemini on a tool call is taken off, and nothing else of it', () => {
    const call = {
      id: 'c',
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      note: 1,
    } as const;
    const signed = { ...call, extra_content: { google: { thought_signature: 's' } } };
    expect(messagesOf([{ role: 'assistant', content: null, tool_calls: [signed, call] }])).toEqual([
      { role: 'assistant', content: null, tool_calls: [call, call] },
    ]);
  });

  it('roles and fields that the provider does not know are renamed and removed', () => {
    const quirks: Quirks = { roles: { developer: 'system' }, dropMessageFields: ['name'] };
    expect(
      messagesOf(
        [
          { role: 'developer', content: 'a', name: 'n', kept: 1 },
          { role: 'user', content: 'b', name: 'n' },
        ],
        quirks,
      ),
    ).toEqual([
      { role: 'system', content: 'a', kept: 1 },
      { role: 'user', content: 'b' },
    ]);
  });
});

describe('a schema where only json_object is known', () => {
  const quirks: Quirks = { jsonSchema: 'json_object' };
  const format = {
    type: 'json_schema',
    json_schema: { name: 'n', schema: { type: 'object' } },
  } as const;

  it('is told in words, before all messages', () => {
    const body = bodyOf({ response_format: format }, quirks);
    expect(body['response_format']).toEqual({ type: 'json_object' });
    expect(body['messages']).toEqual([
      { role: 'system', content: expect.stringMatching(/JSON schema.*\n\{"type":"object"\}$/) },
      HELLO,
    ]);
  });

  it('other formats pass', () => {
    const response_format = { type: 'json_object' } as const;
    expect(bodyOf({ response_format }, quirks)).toEqual({
      model: 'native-name',
      messages: [HELLO],
      response_format,
    });
    expect(bodyOf({ response_format: format })).toMatchObject({ response_format: format });
  });
});

describe('unsupportedValues', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];

  it.each([
    [
      'a temperature where the model has none',
      { temperature: false },
      { temperature: 0 },
      ['temperature'],
    ],
    ['top_p likewise', { temperature: false }, { top_p: 0.5, temperature: 1 }, ['top_p']],
    ['their defaults say nothing', { temperature: false }, { temperature: 1, top_p: 1 }, []],
    ['a model of which nothing is known', {}, { temperature: 0, tools }, []],
    ['tools where the model calls none', { tools: false }, { tools }, ['tools']],
    ['no tools', { tools: false }, { tools: [] }, []],
    ['a budget of reasoning', {}, { reasoning: { max_tokens: 1 } }, ['reasoning.max_tokens']],
    [
      'a budget beside an effort',
      {},
      { reasoning: { max_tokens: 1, effort: 'low' } },
      ['reasoning.max_tokens'],
    ],
  ])('%s', (_what, capabilities, parameters, expected) => {
    const request = { model: 'm', messages: [HELLO], ...parameters } as ChatRequest;
    expect(unsupportedValues(request, makeTarget({ capabilities }))).toEqual(expected);
  });

  it('a budget of reasoning where the provider reads it itself', () => {
    const target = makeTarget({
      provider: { quirks: { parameters: { reasoning: { rule: 'pass' } } } },
    });
    const request: ChatRequest = { model: 'm', messages: [HELLO], reasoning: { max_tokens: 1 } };
    expect(unsupportedValues(request, target)).toEqual([]);
  });
});
