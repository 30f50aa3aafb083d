import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import type { ServerSentEvent } from './protocols/protocol.js';

/** Total length, length of the headers, checksum of both; and the checksum of the message at its end. Bytes. */
const SMALLEST_MESSAGE = 16;
/** 16 MiB of payload and 128 KiB of headers are the format's own limits. Bytes. */
export const LARGEST_MESSAGE = 17 * 1024 * 1024;
const LENGTH_BYTES = 4;

const NOTHING = Buffer.alloc(0);

/**
 * Bytes of an AWS event stream to events, whatever way the bytes are split. An exception of the stream, and a message
 * whose checksums are wrong, is an event `error` with the name of the exception as `__type`; after it nothing is read.
 * Source: smithy.io/2.0/aws/amazon-eventstream.html.
 */
export class AwsEventStreamReader {
  private readonly codec = new EventStreamCodec(toUtf8, fromUtf8);
  private pieces: Buffer[] = [];
  private size = 0;
  /** Bytes of the message that is being read; 0 where its length is not there yet. */
  private wanted = 0;
  private broken = false;

  /** The events that these bytes complete. */
  push(bytes: Buffer): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (this.broken) return events;
    this.pieces.push(bytes);
    this.size += bytes.length;
    for (let event = this.next(); event; event = this.next()) {
      events.push(event);
      if (event.event === 'error') this.broken = true;
    }
    return events;
  }

  /** A message that the end cut off is none: the decoder sees that the answer did not end. */
  end(): ServerSentEvent[] {
    return [];
  }

  private next(): ServerSentEvent | undefined {
    if (this.broken) return undefined;
    if (this.wanted === 0) {
      if (this.size < LENGTH_BYTES) return undefined;
      this.wanted = this.joined().readUInt32BE(0);
      if (this.wanted < SMALLEST_MESSAGE || this.wanted > LARGEST_MESSAGE)
        return failure('BadFrame', `a message of ${this.wanted} bytes`);
    }
    if (this.size < this.wanted) return undefined;
    const bytes = this.joined();
    const message = bytes.subarray(0, this.wanted);
    this.pieces = bytes.length > this.wanted ? [bytes.subarray(this.wanted)] : [];
    this.size -= this.wanted;
    this.wanted = 0;
    return this.read(message);
  }

  /** Joined only when there is something to read: a long message in small pieces is copied once. */
  private joined(): Buffer {
    const [first = NOTHING] = this.pieces;
    if (this.pieces.length < 2) return first;
    const whole = Buffer.concat(this.pieces, this.size);
    this.pieces = [whole];
    return whole;
  }

  private read(bytes: Buffer): ServerSentEvent {
    try {
      const { headers, body } = this.codec.decode(bytes);
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
      return eventOf(headers, text);
    } catch (error) {
      return failure('BadFrame', error instanceof Error ? error.message : 'a message is broken');
    }
  }
}

function eventOf(headers: MessageHeaders, text: string): ServerSentEvent {
  const header = (name: string) => {
    const value = headers[name]?.value;
    return typeof value === 'string' ? value : undefined;
  };
  switch (header(':message-type')) {
    case 'exception':
      return failure(header(':exception-type') ?? '', messageIn(text));
    case 'error':
      return failure(header(':error-code') ?? '', header(':error-message'));
    default:
      return { event: header(':event-type'), data: text };
  }
}

function failure(type: string, message: string | undefined): ServerSentEvent {
  return { event: 'error', data: JSON.stringify({ __type: type, message }) };
}

function messageIn(text: string): string | undefined {
  try {
    const { message, Message } = JSON.parse(text) as Record<string, unknown>;
    const words = message ?? Message;
    return typeof words === 'string' ? words : undefined;
  } catch {
    return undefined;
  }
}
