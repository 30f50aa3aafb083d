import { describe, expect, it } from '@jest/globals';
import type { ChatChunk, ChunkChoice } from '../../core/chat.js';
import type { AnswerHeader, ClientStream } from '../call.js';
import { citing } from './cited.js';
import { CitedStream } from './cited-stream.js';

const HEADER = {} as AnswerHeader;
const cite = citing({ model: 'm', messages: [] }, [
  { url: 'https://a.example/', title: 'A', text: '' },
]);

function streamed(...chunks: (ChunkChoice[] | string)[]): ChunkChoice[] {
  const written: ChunkChoice[] = [];
  const client = {
    write: ({ choices }: ChatChunk) => written.push(...choices),
    writeFields: (fields: string) => written.push(...JSON.parse(`{${fields}}`).choices),
  } as unknown as ClientStream;
  if (!cite) throw new Error('there are sources');
  const stream = new CitedStream(client, cite);
  for (const chunk of chunks) {
    if (typeof chunk === 'string') stream.writeFields(chunk, HEADER);
    else stream.write({ choices: chunk }, HEADER);
  }
  return written;
}

const text = (content: string, index = 0): ChunkChoice => ({
  index,
  delta: { content },
  finish_reason: null,
});
const end = (index = 0, delta: ChunkChoice['delta'] = {}): ChunkChoice => ({
  index,
  delta,
  finish_reason: 'stop',
});
const sources = (start: number, stop: number, index = 0): ChunkChoice => ({
  index,
  delta: {
    annotations: [
      {
        type: 'url_citation',
        url_citation: {
          url: 'https://a.example/',
          title: 'A',
          start_index: start,
          end_index: stop,
        },
      },
    ],
  },
  finish_reason: null,
});

describe('CitedStream', () => {
  it('tells the sources between the text and the end, where the text refers to them', () => {
    const fields = '"choices":[{"index":0,"delta":{"content":"Yes ["},"finish_reason":null}]';
    expect(streamed([text('')], fields, [text('1].')], [end()])).toEqual([
      text(''),
      text('Yes ['),
      text('1].'),
      sources(4, 7),
      end(),
    ]);
  });

  it('tells them of each choice by itself', () => {
    const both = [text('[1]'), text('No', 1)];
    expect(streamed(both, [end(1)], [end()])).toEqual([
      ...both,
      sources(0, 0, 1),
      end(1),
      sources(0, 3),
      end(),
    ]);
  });

  it('tells them behind text that comes with the end', () => {
    expect(streamed([end(0, { content: '[1]' })])).toEqual([text('[1]'), sources(0, 3), end()]);
  });

  it('has none for a choice without text', () => {
    const call = { index: 0, delta: { tool_calls: [{ index: 0 }] }, finish_reason: null };
    expect(streamed([call], [{ ...end(), finish_reason: 'tool_calls' }])).toEqual([
      call,
      { ...end(), finish_reason: 'tool_calls' },
    ]);
  });
});
