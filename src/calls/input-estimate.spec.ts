import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeTarget, type TargetOptions } from '../../test/support/target.js';
import type { ChatMessage, ChatRequest, ContentPart } from '../core/chat.js';
import { inputBounds, inputTokensLikely } from './input-estimate.js';
import { inputSizeOf } from './input-size.js';

const ask = (messages: ChatMessage[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  messages,
  ...more,
});
const user = (content: ChatMessage['content']): ChatMessage => ({
  role: 'user',
  content: content ?? null,
});
const tokens = (request: ChatRequest, target: TargetOptions = {}): number =>
  inputBounds(inputSizeOf(request), makeTarget(target)).tokens;
/** What a single piece of media adds to a message. */
const media = (part: object, target: TargetOptions = {}) => {
  const bounds = inputBounds(inputSizeOf(ask([user([part as ContentPart])])), makeTarget(target));
  expect(bounds.tokens).toBe(192 + 16 + bounds.mediaTokens);
  return bounds.mediaTokens;
};

describe('the most that the input can be', () => {
  it('is a token a byte of a short text, and what surrounds each piece', () => {
    expect(tokens(ask([user('abcd')]))).toBe(192 + 16 + 4);
    expect(tokens(ask([user('🦫')]))).toBe(192 + 16 + 4);
    expect(tokens(ask([user('a'), user('b')]))).toBe(192 + 2 * 16 + 2);
  });

  it('is less than a token a byte of a long one', () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(200);
    const high = tokens(ask([user(text)]));
    expect(high).toBeLessThan(text.length * 0.65);
    // cl100k and o200k both make 2,001 of it.
    expect(high).toBeGreaterThan(2_001 * 1.5);
  });

  it.each<[string, ChatRequest]>([
    ['a name', ask([{ role: 'user', content: '', name: 'x'.repeat(100) }])],
    ['reasoning', ask([{ role: 'assistant', content: '', reasoning: 'x'.repeat(100) }])],
    ['text parts', ask([user([{ type: 'text', text: 'x'.repeat(100) }])])],
    ['refusals', ask([user([{ type: 'refusal', refusal: 'x'.repeat(100) }])])],
    [
      'signed reasoning',
      ask([
        {
          role: 'assistant',
          reasoning_details: [{ type: 'reasoning.text', text: 'x'.repeat(99) }],
        },
      ]),
    ],
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
      'a schema',
      ask([user('')], {
        response_format: { type: 'json_schema', json_schema: { name: 'x'.repeat(100) } },
      }),
    ],
  ])('counts %s', (_what, request) => {
    expect(tokens(request)).toBeGreaterThanOrEqual(192 + 16 + 100);
  });

  it('counts tools, and what providers say about them', () => {
    const tools = [{ type: 'function', function: { name: 'x'.repeat(100) } } as const];
    expect(tokens(ask([user('')], { tools }))).toBeGreaterThan(192 + 2 * 16 + 100 + 1_024);
  });

  it('counts an image as the most that any provider makes of one', () => {
    const image = (detail?: string) => ({ type: 'image_url', image_url: { url: 'u', detail } });
    expect(media(image())).toBe(5_120);
    expect(media(image('original'))).toBe(12_288);
    expect(media(image(), { upstreamModel: 'gpt-4o-mini-2024-07-18' })).toBe(49_152);
    expect(media(image('low'), { upstreamModel: 'gpt-4o-mini' })).toBe(2_880);
  });

  it.each([
    // A minute of it: 16 kHz of 16 bits; MP3 at 16 kbit/s. 32 tokens a second are 1,920.
    ['wav', Math.ceil((60 * 32_000 * 4) / 3)],
    ['wav', Math.ceil((60 * 8_000 * 4) / 3)],
    ['mp3', Math.ceil((60 * 2_000 * 4) / 3)],
  ])('counts %s audio by its length', (format, length) => {
    const part = { type: 'input_audio', input_audio: { format, data: 'A'.repeat(length) } };
    expect(media(part)).toBeGreaterThanOrEqual(1_920);
  });

  it('counts a file by its size, and one that is only named as a large one', () => {
    const file = (file: object) => media({ type: 'file', file });
    expect(file({ file_id: 'f' })).toBe(65_536);
    expect(file({ file_data: 'A'.repeat(400_000) })).toBe(8_192 + 100_000);
    expect(media({ type: 'video_url', video_url: { url: 'u' } })).toBe(65_536);
  });

  it('is never more than the window, with a margin', () => {
    const long = ask([user('x '.repeat(100_000))]);
    expect(tokens(long, { contextWindow: 8_000 })).toBe(10_000);
    expect(tokens(ask([user('x')]), { contextWindow: 8_000 })).toBe(192 + 16 + 1);
  });

  it('leaves room for what searches find', () => {
    const anthropic = {
      provider: { protocol: 'anthropic-messages' },
      contextWindow: 1_000,
    } as const;
    const search = (fields: object, target: TargetOptions = anthropic) =>
      Math.floor(tokens(ask([user('x')], fields), target) / 40_960);
    expect(search({})).toBe(0);
    expect(search({ web_search: false })).toBe(0);
    expect(search({ web_search: true })).toBe(10);
    expect(search({ web_search_options: {} })).toBe(10);
    expect(search({ tools: [{ type: 'web_search', max_uses: 2 }] })).toBe(2);
    const responses = { ...anthropic, provider: { protocol: 'responses' } } as const;
    expect(search({ web_search: true }, responses)).toBe(10);
    expect(search({ tools: [{ type: 'web_search_preview' }] }, {})).toBe(1);
    expect(search({ tools: [{ type: 'code_execution' }] }, {})).toBe(1);
    const { searches } = inputBounds(inputSizeOf(ask([], { web_search: true })), makeTarget());
    expect(searches).toBe(10);
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
        expect(tokens(request)).toBeGreaterThanOrEqual(inputTokensLikely(request));
        const longer = ask([...messages, one]);
        expect(tokens(longer)).toBeGreaterThan(tokens(request));
        expect(inputTokensLikely(longer)).toBeGreaterThanOrEqual(inputTokensLikely(request));
      }),
    );
  });
});
