import { expect } from '@jest/globals';
import type { Target } from '../../src/core/target.js';
import type { ChatProtocol, StreamOutput } from '../../src/providers/protocols/protocol.js';
import { streamReaderFor } from '../../src/providers/stream-reader.js';

/** All that a protocol makes of the bytes of a stream, to its end. Expects its states to be values. */
export function decodeBytes(
  { framing, stream }: ChatProtocol,
  target: Target,
  pieces: readonly Buffer[],
): StreamOutput[] {
  const reader = streamReaderFor(framing);
  let state = stream.start(target);
  const outputs: StreamOutput[] = [];
  for (const event of [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]) {
    const [next, made] = stream.step(state, event);
    // The same event on the same state means the same.
    expect(stream.step(state, event)[1]).toEqual(made);
    state = next;
    outputs.push(...made);
  }
  return [...outputs, ...stream.end(state)];
}

/** Bytes in pieces, cut at these places (taken modulo their length). */
export function cutBytes(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** Server-sent events that are named by their type; `last` are the lines after them. */
export function namedEvents(
  events: readonly Readonly<Record<string, unknown>>[],
  newline = '\n',
  last: readonly string[] = [],
): Buffer {
  const frames = events.map(
    (event) => `event: ${String(event['type'])}${newline}data: ${JSON.stringify(event)}`,
  );
  return Buffer.from([...frames, ...last, ''].join(newline + newline));
}
