import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ServerSentEvent } from '../../src/providers/protocols/protocol.js';
import { SseReader } from '../../src/providers/sse.js';

/** What may stand in a field: any text without a line end, also of several bytes a character. */
const value = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((text) => text.replace(/[\r\n]/g, ''));
const event = fc.record({
  event: fc.option(value, { nil: undefined }),
  data: fc.array(value, { minLength: 1, maxLength: 3 }),
});
const lineEnd = fc.constantFrom('\n', '\r', '\r\n');
/** What a reader passes over, between fields and between events. */
const noise = fc.constantFrom('', ': a comment', ':', 'id: 7', 'retry: 10', 'unknown');

interface Spoken {
  readonly event: string | undefined;
  readonly data: readonly string[];
}

/** The bytes of a stream; every line takes the next line end and noise of the lists. */
function write(events: readonly Spoken[], ends: readonly string[], noises: readonly string[]) {
  let line = 0;
  let last = '';
  const next = (text: string) => {
    const end = ends[line++ % ends.length] ?? '\n';
    // CR, an empty line and LF would be CRLF.
    last = text === '' && last === '\r' && end === '\n' ? '\r' : end;
    return text + last;
  };
  const withNoise = (text: string) => {
    const extra = noises[line % noises.length] ?? '';
    return next(text) + (extra === '' ? '' : next(extra));
  };
  const blocks = events.map((entry) => {
    const name = entry.event === undefined ? '' : withNoise(`event: ${entry.event}`);
    return name + entry.data.map((data) => withNoise(`data: ${data}`)).join('') + next('');
  });
  return Buffer.from(blocks.join(''));
}

/** The bytes cut before the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (left, right) => left - right,
  );
  return [...sorted, bytes.length].map((end, at) => bytes.subarray(sorted[at - 1] ?? 0, end));
}

function read(pieces: readonly Buffer[]): ServerSentEvent[] {
  const reader = new SseReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const everyByte = (bytes: Buffer): Buffer[] =>
  Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));

const stream = fc.tuple(
  fc.array(event, { maxLength: 6 }),
  fc.array(lineEnd, { minLength: 1, maxLength: 5 }),
  fc.array(noise, { minLength: 1, maxLength: 5 }),
);

describe('the law of event streams', () => {
  it('gives the events that were written, whatever the line ends, comments and cuts', () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat(2_000), { maxLength: 12 }),
        ([events, ends, noises], cuts) => {
          const bytes = write(events, ends, noises);
          const expected = events.map((entry) => ({
            event: entry.event,
            data: entry.data.join('\n'),
          }));
          expect(read([bytes])).toEqual(expected);
          expect(read(cut(bytes, cuts))).toEqual(expected);
          expect(read(everyByte(bytes))).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('passes over a byte order mark, however it is cut', () => {
    fc.assert(
      fc.property(stream, ([events, ends, noises]) => {
        const bytes = Buffer.concat([Buffer.from('\uFEFF'), write(events, ends, noises)]);
        const plain = read([bytes.subarray(3)]);
        expect(read([bytes])).toEqual(plain);
        expect(read(everyByte(bytes))).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same events of any bytes whatever, however they are cut', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.constantFrom(
          ...['data:', 'event:', '\n', '\r', '\r\n', '\uFEFF', '€', '🦫', ' '].map((text) => [
            ...Buffer.from(text),
          ]),
        ),
        fc.uint8Array({ maxLength: 6 }).map((bytes) => [...bytes]),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(200), { maxLength: 12 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.flat());
        const whole = read([bytes]);
        expect(read(cut(bytes, cuts))).toEqual(whole);
        expect(read(everyByte(bytes))).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });
});
