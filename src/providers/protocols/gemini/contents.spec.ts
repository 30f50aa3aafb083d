import { describe, expect, it } from '@jest/globals';
import type { ChatMessage } from '../../../core/chat.js';
import { conversation } from './contents.js';

const MODEL = 'gemini-2.5-flash';
const call = (id: string, name: string, args = '{}') => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args },
});
const turns = (...messages: unknown[]) => conversation(messages as ChatMessage[], MODEL).contents;
const user = (...content: unknown[]) => ({ role: 'user', content });

describe('conversation', () => {
  it('joins what one side says in a row, and leaves out who says nothing', () => {
    const messages = [
      user(),
      { role: 'assistant', content: null },
      user({ type: 'text', text: 'a' }),
      { role: 'user', content: 'b' },
    ];
    expect(turns(...messages)).toEqual([{ role: 'user', parts: [{ text: 'a' }, { text: 'b' }] }]);
  });

  it('keeps instructions apart only if something else is said', () => {
    const system: ChatMessage = { role: 'system', content: 's' };
    expect(conversation([system], MODEL)).toEqual({
      contents: [{ role: 'user', parts: [{ text: 's' }] }],
    });
    expect(conversation([system, { role: 'user', content: 'u' }], MODEL).systemInstruction).toEqual(
      { parts: [{ text: 's' }] },
    );
  });

  it('names results after their calls, in the order of the calls, though ids come again', () => {
    const round = (first: string, second: string) => [
      { role: 'assistant', tool_calls: [call('call_0_0', first), call('call_0_1', second)] },
      { role: 'tool', tool_call_id: 'call_0_1', content: '{"n":2}' },
      { role: 'tool', tool_call_id: 'call_0_0', content: 'plain' },
    ];
    const [, answers, , others] = turns(...round('a', 'b'), ...round('c', 'd'));
    expect(answers?.parts).toEqual([
      { functionResponse: { name: 'a', response: { result: 'plain' } } },
      { functionResponse: { name: 'b', response: { n: 2 } } },
    ]);
    expect(JSON.stringify(others)).toMatch(/"c".*"d"/);
  });

  it("takes OpenAI's older form of calls and results", () => {
    const messages = [
      { role: 'assistant', content: null, function_call: { name: 'a', arguments: '{"x":1}' } },
      { role: 'function', name: 'a', content: 'done' },
    ];
    expect(turns(...messages)).toEqual([
      { role: 'model', parts: [{ functionCall: { name: 'a', args: { x: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'a', response: { result: 'done' } } }] },
    ]);
  });

  it('puts thoughts back whose format a client repeated, and none of other providers', () => {
    const thought = (text: string, format: unknown) => ({ type: 'reasoning.text', text, format });
    const details = [
      thought('a', 'google-gemini-v1'),
      thought('b', 'google-gemini-v1google-gemini-v1'),
      thought('c', 'anthropic-claude-v1'),
      thought('d', 3),
    ];
    const [turn] = turns({ role: 'assistant', content: 'x', reasoning_details: details });
    expect(turn?.parts).toEqual([
      { text: 'a', thought: true },
      { text: 'b', thought: true },
      { text: 'x' },
    ]);
  });

  it('sends pictures of an earlier answer and its refusal', () => {
    const [turn] = turns({
      role: 'assistant',
      content: '',
      images: ['data:image/png;base64,QQ=='],
    });
    expect(turn?.parts).toEqual([{ inlineData: { mimeType: 'image/png', data: 'QQ==' } }]);
    expect(turns({ role: 'assistant', content: null, refusal: 'No.' })[0]?.parts).toEqual([
      { text: 'No.' },
    ]);
  });

  it.each([
    ['data:,a%20b', { inlineData: { mimeType: 'image/jpeg', data: 'YSBi' } }],
    [
      'data:audio/L16;rate=8000;charset=x;base64,QQ==',
      { inlineData: { mimeType: 'audio/L16;rate=8000', data: 'QQ==' } },
    ],
    [
      'https://a.example/b',
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://a.example/b' } },
    ],
    [
      'https://a.example/b.PNG#c',
      { fileData: { mimeType: 'image/png', fileUri: 'https://a.example/b.PNG#c' } },
    ],
    [
      'https://www.youtube.com/watch?v=1',
      { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } },
    ],
  ])('takes the image %s', (url, part) => {
    expect(turns(user({ type: 'image_url', image_url: { url } }))[0]?.parts).toEqual([part]);
  });

  it.each([
    ['messages[0].content[0].type', user({ type: 'hologram' })],
    [
      'messages[0].content[1].image_url.url',
      user({ type: 'text', text: 'a' }, { type: 'image_url', image_url: { url: 'cat.png' } }),
    ],
    [
      'messages[0].content[0].image_url.url',
      user({ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }),
    ],
    [
      'messages[0].content[0].image_url.url',
      user({ type: 'image_url', image_url: { url: 'data:,%zz' } }),
    ],
    [
      'messages[0].content[0].input_audio.data',
      user({ type: 'input_audio', input_audio: { format: 'wav' } }),
    ],
    ['messages[0].content[0].file', user({ type: 'file', file: { file_id: 'file-1' } })],
    ['messages[0].tool_call_id', { role: 'tool', tool_call_id: 'x', content: 'y' }],
    [
      'messages[0].tool_calls[1].function.arguments',
      { role: 'assistant', tool_calls: [call('1', 'a'), call('2', 'a', '[1]')] },
    ],
    ['messages[0].audio', { role: 'assistant', content: null, audio: { id: 'audio_1' } }],
  ])('refuses %s', (param, message) => {
    expect(() => turns(message)).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', param }),
    );
  });
});
