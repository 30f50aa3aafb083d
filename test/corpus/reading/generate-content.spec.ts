import { describe, expect, it } from '@jest/globals';
import { readBody } from './index.js';

const chunk = (parts: object[], rest: object = {}): string =>
  `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts }, ...rest }] })}\r\n\r\n`;

describe('readBody of generateContent', () => {
  it('tells thoughts from text, and a call by its presence', () => {
    const reading = readBody(
      'generateContent',
      chunk([{ text: 'hm', thought: true }]) +
        chunk(
          [{ text: 'a' }, { functionCall: { name: 'f', args: { x: 1 } }, thoughtSignature: 's1' }],
          { finishReason: 'STOP' },
        ),
    );
    expect(reading.choices[0]).toMatchObject({
      text: 'a',
      reasoning: ['hm'],
      signatures: ['s1'],
      toolCalls: [{ name: 'f', arguments: { x: 1 } }],
      finish: ['tool_calls'],
    });
  });

  it('puts arguments together that come in pieces', () => {
    const piece = (value: string): object => ({ jsonPath: '$.place.city', stringValue: value });
    const body =
      chunk([{ functionCall: { name: 'f', willContinue: true } }]) +
      chunk([{ functionCall: { partialArgs: [piece('Bos')], willContinue: true } }]) +
      chunk([{ functionCall: { partialArgs: [piece('ton')], willContinue: true } }]) +
      chunk([{ functionCall: {} }], { finishReason: 'STOP' });
    const calls = readBody('generateContent', body).choices[0]?.toolCalls;
    expect(calls).toEqual([{ id: '', name: 'f', arguments: { place: { city: 'Boston' } } }]);
  });

  it('takes a blocked prompt for a filtered answer', () => {
    const reading = readBody(
      'generateContent',
      JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' } }),
    );
    expect(reading.choices[0]?.finish).toEqual(['content_filter']);
    expect(reading.error).toBeUndefined();
  });

  it('cites what the text rests on, and knows the other sources', () => {
    const grounding = {
      groundingChunks: [{ web: { uri: 'https://a' } }, { web: { uri: 'https://b' } }],
      groundingSupports: [{ groundingChunkIndices: [1] }],
    };
    const reading = readBody(
      'generateContent',
      chunk([{ text: 'a' }], { finishReason: 'STOP', groundingMetadata: grounding }),
    );
    expect(reading.choices[0]).toMatchObject({
      citations: ['https://b'],
      sources: ['https://a', 'https://b'],
    });
  });
});
