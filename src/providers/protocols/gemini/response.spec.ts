import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import { fromUpstreamResponse } from './response.js';

const read = (body: unknown, upstreamModel = 'gemini-2.5-flash') =>
  fromUpstreamResponse(body, makeTarget({ upstreamModel }));
const ended = (finishReason: string, ...parts: unknown[]) => ({
  candidates: [{ content: { parts }, finishReason }],
});

describe('finish reasons', () => {
  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['LANGUAGE', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['MODEL_ARMOR', 'content_filter'],
    ['IMAGE_SAFETY', 'content_filter'],
    ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
    ['IMAGE_RECITATION', 'content_filter'],
    ['OTHER', 'stop'],
    ['MALFORMED_FUNCTION_CALL', 'stop'],
    ['toString', 'stop'],
  ])('%s is %s', (native, expected) => {
    expect(read(ended(native)).completion.choices[0]).toMatchObject({
      finish_reason: expected,
      native_finish_reason: native,
    });
  });

  it.each([
    ['STOP', 'tool_calls'],
    ['UNEXPECTED_TOOL_CALL', 'tool_calls'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
  ])('%s after a call is %s', (native, expected) => {
    const body = ended(native, { functionCall: { name: 'f' } });
    expect(read(body).completion.choices[0]?.finish_reason).toBe(expected);
  });
});

describe('an answer', () => {
  it.each([
    [null],
    ['text'],
    [{}],
    [{ candidates: [] }],
    [{ promptFeedback: {} }],
    [{ usageMetadata: {} }],
  ])('is not %j', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });

  it('may be an error', () => {
    expect(() => read([{ error: { code: 503 } }])).toThrow(
      expect.objectContaining({ code: 'overloaded' }),
    );
  });

  it('joins speech that comes in pieces', () => {
    const speech = (data: string) => ({ inlineData: { mimeType: 'audio/mp3', data } });
    const { completion } = read(ended('STOP', speech('YQ=='), speech('Yg==')));
    expect(completion.choices[0]?.message.audio).toMatchObject({ data: 'YWI=', format: 'mp3' });
  });

  it.each([
    ['gemini-2.5-flash', 1],
    ['gemini-3-flash-preview', 2],
  ])('of %s is billed %d searches', (model, searches) => {
    const groundingMetadata = { webSearchQueries: ['a', 'b'] };
    const candidates = [0, 1].map((index) => ({ index, groundingMetadata, finishReason: 'STOP' }));
    const { usage } = read({ candidates, usageMetadata: { promptTokenCount: 1 } }, model);
    expect(usage?.webSearches).toBe(searches);
  });

  it('without figures has no usage', () => {
    expect(
      read({ ...ended('STOP'), usageMetadata: { trafficType: 'ON_DEMAND' } }).usage,
    ).toBeUndefined();
  });
});
