import { describe, expect, it } from '@jest/globals';
import { eventMessage, messageBytes } from '../../test/support/aws-event-stream.js';
import { AwsEventStreamReader, LARGEST_MESSAGE } from './aws-event-stream.js';
import type { ServerSentEvent } from './protocols/protocol.js';

const FIRST = eventMessage('messageStart', { role: 'assistant' });
const SECOND = eventMessage('contentBlockDelta', { delta: { text: 'Grüße 😀' } });
const EVENTS = [FIRST, SECOND].map(({ headers, payload }) => ({
  event: headers[':event-type'],
  data: JSON.stringify(payload),
}));

function read(...pieces: readonly Buffer[]): ServerSentEvent[] {
  const reader = new AwsEventStreamReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const failureIn = (events: readonly ServerSentEvent[]) => {
  const last = events.at(-1);
  return last?.event === 'error' ? (JSON.parse(last.data) as unknown) : undefined;
};

describe('AwsEventStreamReader', () => {
  const bytes = Buffer.concat([messageBytes(FIRST), messageBytes(SECOND)]);

  it('reads the same events from one piece, from single bytes and from two halves', () => {
    expect(read(bytes)).toEqual(EVENTS);
    expect(read(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(EVENTS);
    for (let at = 1; at < bytes.length; at++)
      expect(read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(EVENTS);
  });

  it('keeps a message back until its last byte is there', () => {
    expect(read(bytes.subarray(0, -1))).toEqual(EVENTS.slice(0, 1));
  });

  it.each([4, 9, 20, -20, -2])('sees a wrong bit in byte %d of a message', (place) => {
    const broken = Buffer.from(messageBytes(SECOND));
    const at = place < 0 ? broken.length + place : place;
    broken.writeUInt8(broken.readUInt8(at) ^ 1, at);
    const events = read(messageBytes(FIRST), broken, messageBytes(FIRST));
    expect(events).toHaveLength(2);
    expect(events[0]).toEqual(EVENTS[0]);
    expect(failureIn(events)).toMatchObject({ __type: 'BadFrame' });
  });

  it.each([0, 15, LARGEST_MESSAGE + 1, 0xffffffff])('takes no message of %d bytes', (length) => {
    const prelude = Buffer.alloc(12);
    prelude.writeUInt32BE(length);
    expect(failureIn(read(prelude, bytes))).toMatchObject({ __type: 'BadFrame' });
  });

  it('tells an exception with its name and words, and reads nothing after it', () => {
    const exception = {
      headers: { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      payload: { message: 'Slow down.' },
    };
    const events = read(messageBytes(exception), messageBytes(FIRST));
    expect(events).toHaveLength(1);
    expect(failureIn(events)).toEqual({ __type: 'throttlingException', message: 'Slow down.' });
  });

  it('tells an error that has no payload', () => {
    const error = {
      headers: {
        ':message-type': 'error',
        ':error-code': 'InternalFailure',
        ':error-message': 'Oh.',
      },
      payload: '',
    };
    expect(failureIn(read(messageBytes(error)))).toEqual({
      __type: 'InternalFailure',
      message: 'Oh.',
    });
  });
});
