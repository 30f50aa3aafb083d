import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import type { StreamOutput } from '../protocol.js';
import { stream } from './stream.js';

const TARGET = makeTarget({ upstreamModel: 'gemini-3-flash-preview' });
const text = (words: string, more: Record<string, unknown> = {}) => ({
  candidates: [{ content: { parts: [{ text: words }] }, ...more }],
});

function decode(...data: unknown[]): StreamOutput[] {
  let state = stream.start(TARGET);
  const outputs: StreamOutput[] = [];
  for (const entry of data) {
    const source = typeof entry === 'string' ? entry : JSON.stringify(entry);
    const [next, news] = stream.step(state, { event: undefined, data: source });
    state = next;
    outputs.push(...news);
  }
  return [...outputs, ...stream.end(state)];
}

const contents = (outputs: StreamOutput[]) =>
  outputs
    .flatMap((output) => (output.type === 'chunk' ? [output.chunk.choices[0]?.delta.content] : []))
    .join('');
const endings = (outputs: StreamOutput[]) =>
  outputs
    .flatMap((output) => (output.type === 'chunk' ? output.chunk.choices : []))
    .flatMap((choice) => choice.finish_reason ?? []);
const codes = (outputs: StreamOutput[]) =>
  outputs.flatMap((output) => (output.type === 'error' ? [output.error.code] : []));
const last = (outputs: StreamOutput[]) => outputs.at(-1)?.type;

describe('the stream', () => {
  it('ends once, after all of the text, though each event says STOP', () => {
    const outputs = decode(
      text('a', { finishReason: 'STOP' }),
      text('b', { finishReason: 'MAX_TOKENS' }),
    );
    expect([contents(outputs), endings(outputs), last(outputs)]).toEqual(['ab', ['length'], 'end']);
  });

  it('goes on after a finish reason, which holds all the same', () => {
    const outputs = decode(text('a', { finishReason: 'STOP' }), text('b'));
    expect([contents(outputs), endings(outputs), last(outputs)]).toEqual(['ab', ['stop'], 'end']);
  });

  it('counts searches that are told after the figures', () => {
    const figures = { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 } };
    const grounding = { groundingMetadata: { webSearchQueries: ['a', 'b'] } };
    const outputs = decode({ ...text('a'), ...figures }, text('b', grounding), text('c'));
    const usages = outputs.flatMap((output) => (output.type === 'usage' ? [output.usage] : []));
    const counts = { promptTokens: 3, completionTokens: 2 };
    expect(usages).toEqual([counts, { ...counts, webSearches: 2 }]);
  });

  it('takes a thought for one, also where every other field of the part is null', () => {
    const part = { text: 'hm', thought: true, inlineData: null, functionCall: null };
    const outputs = decode({ candidates: [{ content: { parts: [part] }, finishReason: 'STOP' }] });
    const deltas = outputs.flatMap((output) =>
      output.type === 'chunk' ? [output.chunk.choices[0]?.delta.reasoning] : [],
    );
    expect(deltas).toContain('hm');
  });

  it('tells the tier that served it with its last chunk, whichever event told it', () => {
    const event = { ...text('a'), usageMetadata: { serviceTier: 'FLEX' } };
    const outputs = decode(event, text('', { finishReason: 'STOP' }));
    expect(outputs.at(-2)).toMatchObject({ type: 'chunk', chunk: { service_tier: 'flex' } });
  });

  it('is broken off if a candidate has no finish reason', () => {
    const two = { candidates: [{ index: 0, finishReason: 'STOP' }, { index: 1 }] };
    for (const events of [[], [text('a')], [two], [{ candidates: [] }]]) {
      const outputs = decode(...events);
      expect([codes(outputs), endings(outputs)]).toEqual([['upstream_error'], []]);
    }
  });

  it('takes the elements of a JSON array, with or without the marks between them', () => {
    const [one, two] = [
      JSON.stringify(text('a')),
      JSON.stringify(text('b', { finishReason: 'STOP' })),
    ];
    for (const events of [
      [`[${one}`, `,\n${two}`, ']'],
      [`[${one},${two}]`],
      [`[${one}]`, `${two},`, '[DONE]', ''],
    ]) {
      const outputs = decode(...events);
      expect([contents(outputs), last(outputs)]).toEqual(['ab', 'end']);
    }
  });

  it.each(['not json', '42', 'null', '["x"]', '{"candidates":[}'])(
    'fails on %s and says no more',
    (garbage) => {
      const outputs = decode(text('a'), garbage, text('b', { finishReason: 'STOP' }));
      expect([contents(outputs), codes(outputs), last(outputs)]).toEqual([
        'a',
        ['upstream_error'],
        'error',
      ]);
    },
  );

  it('gives the code of an error that comes within', () => {
    const outputs = decode(text('a'), { error: { code: 429, message: 'x' } });
    expect(codes(outputs)).toEqual(['upstream_rate_limited']);
  });

  it('filters a prompt that is refused, also in the middle', () => {
    const block = { promptFeedback: { blockReason: 'SAFETY' } };
    expect(endings(decode(block))).toEqual(['content_filter']);
    const outputs = decode(text('a'), block);
    expect([contents(outputs), endings(outputs), last(outputs)]).toEqual([
      'a',
      ['content_filter'],
      'end',
    ]);
  });

  it('tells who answered once, and the newest usage with each event', () => {
    const event = (tokens: number) => ({
      ...text('a', { finishReason: 'STOP' }),
      responseId: 'r',
      modelVersion: 'v',
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: tokens },
    });
    const outputs = decode(event(1), event(5), { usageMetadata: { trafficType: 'ON_DEMAND' } });
    expect(outputs.filter(({ type }) => type === 'identity')).toEqual([
      { type: 'identity', upstreamId: 'r', upstreamModel: 'v' },
    ]);
    const usages = outputs.flatMap((output) =>
      output.type === 'usage' ? [output.usage.completionTokens] : [],
    );
    expect(usages).toEqual([1, 5]);
  });

  it('tells the arguments of a call that was never closed', () => {
    const parts = [{ functionCall: { name: 'f', willContinue: true, args: { a: 1 } } }];
    const outputs = decode({ candidates: [{ content: { parts }, finishReason: 'MAX_TOKENS' }] });
    expect(JSON.stringify(outputs)).toContain('{\\"a\\":1}');
    expect(endings(outputs)).toEqual(['length']);
  });

  it('numbers the calls of each candidate from 0', () => {
    const parts = [{ functionCall: { name: 'f' } }, { functionCall: { name: 'g', id: 'own' } }];
    const candidates = [0, 1].map((index) => ({ index, content: { parts }, finishReason: 'STOP' }));
    const outputs = decode({ candidates, responseId: 'r' });
    const calls = outputs.flatMap((output) =>
      output.type === 'chunk' ? (output.chunk.choices[0]?.delta.tool_calls ?? []) : [],
    );
    expect(calls.map(({ index, id }) => [index, id])).toEqual([
      [0, 'call_r_0_0'],
      [1, 'own'],
      [0, 'call_r_1_0'],
      [1, 'own'],
    ]);
    expect(endings(outputs)).toEqual(['tool_calls', 'tool_calls']);
  });
});
