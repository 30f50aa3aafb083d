import { EventStreamCodec, type MessageHeaders } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';

/** A message of an AWS event stream: its headers, all of them texts, and its payload. */
export interface StreamMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** The bytes of a message. */
export function messageBytes({ headers, payload }: StreamMessage): Buffer {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    { type: 'string' as const, value },
  ]);
  const body = fromUtf8(JSON.stringify(payload));
  return Buffer.from(
    codec.encode({ headers: Object.fromEntries(entries) as MessageHeaders, body }),
  );
}

/** An event as services of AWS send it. */
export function eventMessage(type: string, payload: unknown): StreamMessage {
  const headers = {
    ':event-type': type,
    ':content-type': 'application/json',
    ':message-type': 'event',
  };
  return { headers, payload };
}

/** The bytes of a stream of which each line is a message in JSON. */
export function eventStreamOf(lines: string): Buffer {
  const messages = lines.split('\n').filter((line) => line.trim() !== '');
  return Buffer.concat(messages.map((line) => messageBytes(JSON.parse(line) as StreamMessage)));
}
