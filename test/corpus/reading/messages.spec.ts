import { describe, expect, it } from '@jest/globals';
import { readBody } from './index.js';

const stream = (...events: { type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const START = {
  type: 'message_start',
  message: {
    content: [],
    usage: { input_tokens: 3, cache_read_input_tokens: 7, output_tokens: 1 },
  },
};

describe('readBody of messages', () => {
  it('puts blocks together and counts the cache into the prompt', () => {
    const reading = readBody(
      'messages',
      stream(
        START,
        {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'thinking', thinking: '', signature: '' },
        } as never,
        {
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'thinking_delta', thinking: 'hm' },
        } as never,
        {
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'signature_delta', signature: 's1' },
        } as never,
        {
          type: 'content_block_start',
          index: 1,
          content_block: { type: 'tool_use', name: 'f', input: {} },
        } as never,
        {
          type: 'content_block_delta',
          index: 1,
          delta: { type: 'input_json_delta', partial_json: '{"x":1}' },
        } as never,
        {
          type: 'message_delta',
          delta: { stop_reason: 'tool_use' },
          usage: { output_tokens: 9 },
        } as never,
        { type: 'message_stop' },
      ),
    );
    expect(reading.choices[0]).toMatchObject({
      reasoning: ['hm'],
      signatures: ['s1'],
      toolCalls: [{ name: 'f', arguments: { x: 1 } }],
      finish: ['tool_calls'],
    });
    expect(reading.usage).toMatchObject({ prompt: 10, cached: 7, completion: 9 });
    expect(reading.error).toBeUndefined();
  });

  it('keeps what came before an error', () => {
    const reading = readBody(
      'messages',
      stream(
        START,
        {
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'text', text: 'so ' },
        } as never,
        { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } as never,
      ),
    );
    expect(reading.choices[0]).toMatchObject({ text: 'so ', finish: [] });
    expect(reading.error).toEqual({ status: 503, codes: ['overloaded'] });
  });
});
