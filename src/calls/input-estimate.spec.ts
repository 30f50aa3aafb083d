import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChatMessage, ChatRequest } from '../core/chat.js';
import { inputTokensHigh, inputTokensLikely } from './input-estimate.js';

const ask = (messages: ChatMessage[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  messages,
  ...more,
});
const user = (content: ChatMessage['content']): ChatMessage => ({
  role: 'user',
  content: content ?? null,
});

describe('inputTokensHigh', () => {
  it('counts a token a byte, and what surrounds each piece', () => {
    expect(inputTokensHigh(ask([user('abcd')]))).toBe(4 + 2 * 16);
    expect(inputTokensHigh(ask([user('🦫')]))).toBe(4 + 2 * 16);
    expect(inputTokensHigh(ask([user('a'), user('b')]))).toBe(2 + 3 * 16);
  });

  it.each<[string, ChatRequest]>([
    ['a name', ask([{ role: 'user', content: '', name: 'x'.repeat(100) }])],
    ['reasoning', ask([{ role: 'assistant', content: '', reasoning: 'x'.repeat(100) }])],
    ['text parts', ask([user([{ type: 'text', text: 'x'.repeat(100) }])])],
    [
      'earlier calls',
      ask([
        {
          role: 'assistant',
          tool_calls: [
            { id: '', type: 'function', function: { name: 'f', arguments: 'x'.repeat(99) } },
          ],
        },
      ]),
    ],
    [
      'tools',
      ask([user('')], { tools: [{ type: 'function', function: { name: 'x'.repeat(100) } }] }),
    ],
    [
      'a schema',
      ask([user('')], {
        response_format: { type: 'json_schema', json_schema: { name: 'x'.repeat(100) } },
      }),
    ],
  ])('counts %s', (_what, request) => {
    expect(inputTokensHigh(request)).toBeGreaterThanOrEqual(100 + 2 * 16);
  });

  it('counts an image high, and a large inline file higher', () => {
    const image = (url: string) => ask([user([{ type: 'image_url', image_url: { url } }])]);
    expect(inputTokensHigh(image('https://a.example/b.png'))).toBeGreaterThan(4_096);
    const megabyte = inputTokensHigh(image(`data:image/png;base64,${'A'.repeat(1024 * 1024)}`));
    expect(megabyte).toBeGreaterThan(4_096 + 65_536);
  });
});

describe('the law of estimates', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  const part = fc.oneof(
    text.map((value) => ({ type: 'text', text: value }) as const),
    text.map((url) => ({ type: 'image_url', image_url: { url } }) as const),
  );
  const message: fc.Arbitrary<ChatMessage> = fc.record({
    role: fc.constantFrom('user', 'assistant'),
    content: fc.oneof(text, fc.array(part, { maxLength: 3 }), fc.constant(null)),
    reasoning: fc.option(text),
  });

  it('what is held is never less than what is likely, and more input is never less', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), message, (messages, one) => {
        const request = ask(messages);
        expect(inputTokensHigh(request)).toBeGreaterThanOrEqual(inputTokensLikely(request));
        const longer = ask([...messages, one]);
        expect(inputTokensHigh(longer)).toBeGreaterThan(inputTokensHigh(request));
        expect(inputTokensLikely(longer)).toBeGreaterThanOrEqual(inputTokensLikely(request));
      }),
    );
  });
});
