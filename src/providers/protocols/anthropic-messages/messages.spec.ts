import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, ContentPart } from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import { toConversation } from './messages.js';

const call = (id: string, args: string) => ({
  id,
  type: 'function' as const,
  function: { name: 'f', arguments: args },
});
const user: ChatMessage = { role: 'user', content: 'Hi' };
const text = (said: string) => ({ type: 'text', text: said });

function errorOf(messages: ChatMessage[]): unknown {
  try {
    toConversation(messages);
  } catch (error) {
    if (error instanceof GatewayError) return { code: error.code, param: error.param };
    throw error;
  }
  return undefined;
}

describe('toConversation', () => {
  it('gathers system and developer messages, cache marks included', () => {
    const cached = {
      type: 'text' as const,
      text: 'b',
      cache_control: { type: 'ephemeral', ttl: '1h' },
    };
    const conversation = toConversation([
      { role: 'system', content: 'a' },
      user,
      { role: 'developer', content: [cached] },
      { role: 'system', content: 'c', cache_control: { type: 'ephemeral' } },
    ]);
    expect(conversation).toEqual({
      system: [text('a'), cached, { ...text('c'), cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: [text('Hi')] }],
    });
  });

  it('joins neighbours of the same side and puts results before text', () => {
    const { messages } = toConversation([
      user,
      { role: 'user', content: 'there' },
      { role: 'assistant', content: 'Wait', tool_calls: [call('a', '{"x":1}'), call('b.1', '')] },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'user', content: 'Well?' },
      { role: 'tool', tool_call_id: 'b.1', content: [{ type: 'text', text: 'two' }] },
    ]);
    expect(messages).toEqual([
      { role: 'user', content: [text('Hi'), text('there')] },
      {
        role: 'assistant',
        content: [
          text('Wait'),
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b_1', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'one' },
          { type: 'tool_result', tool_use_id: 'b_1', content: [text('two')] },
          text('Well?'),
        ],
      },
    ]);
  });

  it('gives signed thoughts back byte for byte, before text and calls', () => {
    const message: ChatMessage = {
      role: 'assistant',
      content: 'So',
      reasoning_details: [
        {
          type: 'reasoning.text',
          text: ' a\n',
          signature: 'S=',
          format: 'anthropic-claude-v1',
          index: 0,
        },
        { type: 'reasoning.encrypted', data: 'D+/=', index: 1 },
        { type: 'reasoning.text', text: 'unsigned' },
        { type: 'reasoning.text', signature: 'T', index: 2 },
        { type: 'reasoning.encrypted', data: 'foreign', format: 'openai-responses-v1' },
      ],
    };
    const { messages } = toConversation([user, message, user]);
    expect(messages[1]?.content).toEqual([
      { type: 'thinking', thinking: ' a\n', signature: 'S=' },
      { type: 'redacted_thinking', data: 'D+/=' },
      { type: 'thinking', thinking: '', signature: 'T' },
      text('So'),
    ]);
  });

  it('leaves out thoughts whose format is no text', () => {
    const detail = { type: 'reasoning.text', text: 'a', signature: 'S', format: 5 };
    const message = { role: 'assistant', content: 'So', reasoning_details: [detail] };
    const { messages } = toConversation([user, message as unknown as ChatMessage]);
    expect(messages[1]?.content).toEqual([text('So')]);
  });

  it('reads the old function messages', () => {
    const { messages } = toConversation([
      user,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"x":1}' } },
      { role: 'function', name: 'f', content: 'one' },
    ]);
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: { x: 1 } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'one' }] },
    ]);
  });

  it('leaves out empty text and the white space at the end of a begun answer', () => {
    const { messages } = toConversation([
      {
        role: 'user',
        content: [
          { type: 'text', text: ' \n' },
          { type: 'text', text: 'Hi' },
        ],
      },
      { role: 'assistant', content: '' },
      { role: 'assistant', content: 'The answer is ' },
    ]);
    expect(messages).toEqual([
      { role: 'user', content: [text('Hi')] },
      { role: 'assistant', content: [text('The answer is')] },
    ]);
  });

  it('asks with the system prompt where there is nothing else', () => {
    expect(toConversation([{ role: 'system', content: 'Sing.' }])).toEqual({
      system: [],
      messages: [{ role: 'user', content: [text('Sing.')] }],
    });
  });

  it.each([
    ['[1]', 'messages[1].tool_calls[1].function.arguments'],
    ['{"x":', 'messages[1].tool_calls[1].function.arguments'],
  ])('names arguments that are no object: %s', (args, param) => {
    const message: ChatMessage = {
      role: 'assistant',
      tool_calls: [call('a', '{}'), call('b', args)],
    };
    expect(errorOf([user, message])).toEqual({ code: 'invalid_parameter', param });
  });

  it('names an unknown role', () => {
    const message = { role: 'constructor', content: 'Hi' } as unknown as ChatMessage;
    expect(errorOf([message])).toEqual({ code: 'invalid_parameter', param: 'messages[0].role' });
  });
});

describe('parts', () => {
  const blocksOf = (part: ContentPart) =>
    toConversation([{ role: 'user', content: [part] }]).messages[0]?.content;
  const file = (file_data: string) => ({
    type: 'file' as const,
    file: { file_data, filename: 'a.pdf' },
  });

  it.each([
    ['data:image/png;base64,iVBO', { type: 'base64', media_type: 'image/png', data: 'iVBO' }],
    ['https://example.com/a.png', { type: 'url', url: 'https://example.com/a.png' }],
  ])('image %s', (url, source) => {
    const part = {
      type: 'image_url' as const,
      image_url: { url },
      cache_control: { type: 'ephemeral' },
    };
    expect(blocksOf(part)).toEqual([
      { type: 'image', source, cache_control: { type: 'ephemeral' } },
    ]);
  });

  it.each([
    [
      'data:application/pdf;base64,JVBERi0x',
      { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' },
    ],
    ['JVBERi0x', { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' }],
    ['https://example.com/a.pdf', { type: 'url', url: 'https://example.com/a.pdf' }],
    ['data:text/plain;base64,w6QK', { type: 'text', media_type: 'text/plain', data: 'ä\n' }],
    ['data:text/csv,a%2Cb', { type: 'text', media_type: 'text/plain', data: 'a,b' }],
  ])('file %s', (data, source) => {
    expect(blocksOf(file(data))).toEqual([{ type: 'document', source, title: 'a.pdf' }]);
  });

  it.each([
    [
      'an image that is neither',
      { type: 'image_url', image_url: { url: 'ftp://x' } },
      '.image_url.url',
    ],
    ['a file of another kind', file('data:application/zip;base64,UEsD'), ''],
    ['audio', { type: 'input_audio', input_audio: { data: '', format: 'wav' } }, ''],
  ] as [string, ContentPart, string][])('refuses %s', (_name, part, field) => {
    const param = `messages[0].content[0]${field}`;
    expect(errorOf([{ role: 'user', content: [part] }])).toEqual({
      code: 'invalid_parameter',
      param,
    });
  });

  it('passes blocks of the API itself', () => {
    const part = { type: 'search_result', source: 'https://example.com', title: 'A', content: [] };
    expect(blocksOf(part as unknown as ContentPart)).toEqual([part]);
  });
});
