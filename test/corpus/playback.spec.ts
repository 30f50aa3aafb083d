import { describe, expect, it } from '@jest/globals';
import { bytesOf, playbackOf } from './playback.js';
import type { RecordedCase } from './recorded-case.js';

const CASE: RecordedCase = {
  name: 'p/c',
  folder: 'p',
  api: 'chat',
  model: 'm',
  stream: true,
  format: 'chunks',
  status: 200,
  headers: { 'transfer-encoding': 'chunked', 'retry-after': '2' },
  features: [],
  pair: undefined,
  request: undefined,
  response: Buffer.from('{"choices":[{"finish_reason":"stop"}]}\n'),
};

describe('bytesOf', () => {
  it('frames payloads of chat and ends a complete stream', () => {
    expect(bytesOf(CASE).toString()).toBe(
      'data: {"choices":[{"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    );
  });

  it('does not end a stream that did not finish', () => {
    const open = { ...CASE, response: Buffer.from('{"choices":[{"delta":{}}]}') };
    expect(bytesOf(open).toString()).not.toContain('[DONE]');
  });

  it('names the events of messages', () => {
    const messages = { ...CASE, api: 'messages', response: Buffer.from('{"type":"ping"}') };
    expect(bytesOf(messages).toString()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});

describe('playbackOf', () => {
  it('leaves out headers of the connection and names the type', () => {
    expect(playbackOf(CASE, 'recorded').headers).toEqual({
      'content-type': 'text/event-stream',
      'retry-after': '2',
    });
  });

  it('takes a status that was not recorded from the error body', () => {
    const response = Buffer.from('{"error":{"code":429}}');
    expect(
      playbackOf({ ...CASE, format: 'json', status: undefined, response }, 'recorded').status,
    ).toBe(429);
  });
});
