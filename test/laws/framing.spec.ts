import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PROTOCOL_IDS } from '../../src/core/provider.js';
import type { Target } from '../../src/core/target.js';
import { PROVIDERS } from '../../src/providers/definitions/registry.js';
import type { ServerSentEvent } from '../../src/providers/protocols/protocol.js';
import { PROTOCOLS } from '../../src/providers/protocols/registry.js';
import { SseReader } from '../../src/providers/sse.js';
import { streamReaderFor } from '../../src/providers/stream-reader.js';
import { eventStreamOf } from '../support/aws-event-stream.js';
import { makeTarget, type TargetOptions } from '../support/target.js';

/**
 * For every dialect, on the streams of the golden cases: however the bytes are split, whatever ends the lines, and
 * whatever stands between the events, the client is told the same.
 */
interface Golden {
  readonly name: string;
  readonly target: Target;
  readonly bytes: Buffer;
}

const GOLDEN = path.resolve('test', 'golden');

function goldenStreams(): Golden[] {
  return PROVIDERS.flatMap((provider) => {
    const folder = path.join(GOLDEN, provider.id);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).flatMap((name) => {
      const read = (file: string): string | undefined => {
        const place = path.join(folder, name, file);
        return existsSync(place) ? readFileSync(place, 'utf8') : undefined;
      };
      const options = JSON.parse(read('target.json') ?? '{}') as TargetOptions;
      const target = makeTarget({ ...options, provider: { ...provider, ...options.provider } });
      const text = read('upstream-response.sse');
      const events = read('upstream-response.events.jsonl');
      if (text === undefined && events === undefined) return [];
      const bytes = text === undefined ? eventStreamOf(events ?? '') : Buffer.from(text);
      return [{ name: `${provider.id}/${name}`, target, bytes }];
    });
  });
}

const STREAMS = goldenStreams();

function decode({ target }: Golden, pieces: readonly Buffer[]): string {
  const protocol = PROTOCOLS[target.provider.protocol];
  const reader = streamReaderFor(protocol.framing);
  let state = protocol.stream.start(target);
  const outputs = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()].flatMap(
    (event) => {
      const [next, made] = protocol.stream.step(state, event);
      state = next;
      return made;
    },
  );
  return JSON.stringify([...outputs, ...protocol.stream.end(state)], (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

/** The events written anew. */
function written(events: readonly ServerSentEvent[], lineEnd: string, noise: string): Buffer {
  const blocks = events.map(({ event, data }) => {
    const name = event === undefined ? '' : `event: ${event}${lineEnd}`;
    const lines = data.split('\n').map((line) => `data: ${line}${lineEnd}`);
    return `${noise.replaceAll('\n', lineEnd)}${name}${lines.join('')}${lineEnd}`;
  });
  return Buffer.from(blocks.join(''));
}

const places = fc.array(fc.nat(), { maxLength: 12 });
const noise = fc.constantFrom('', ': ping\n\n', ':\n', 'id: 7\nretry: 10\n\n', '\n\n');

describe('every dialect', () => {
  it('has a stream among the golden cases', () => {
    const spoken = new Set(STREAMS.map(({ target }) => target.provider.protocol));
    expect([...spoken].sort()).toEqual([...PROTOCOL_IDS].sort());
  });

  it.each(STREAMS.map((golden) => [golden.name, golden] as const))(
    '%s: any split of the bytes tells the same',
    (_name, golden) => {
      const whole = decode(golden, [golden.bytes]);
      const every = Array.from(golden.bytes, (_byte, at) => golden.bytes.subarray(at, at + 1));
      expect(decode(golden, every)).toBe(whole);
      fc.assert(
        fc.property(places, (at) => {
          expect(decode(golden, cut(golden.bytes, at))).toBe(whole);
        }),
        { numRuns: 10 },
      );
    },
  );

  const ofText = STREAMS.filter(
    ({ target }) => PROTOCOLS[target.provider.protocol].framing !== 'aws-event-stream',
  );
  it.each(ofText.map((golden) => [golden.name, golden] as const))(
    '%s: any line end, and anything between the events, tells the same',
    (_name, golden) => {
      const whole = decode(golden, [golden.bytes]);
      const reader = new SseReader();
      const events = [...reader.push(golden.bytes), ...reader.end()];
      const lineEnds = fc.constantFrom('\n', '\r\n', '\r');
      fc.assert(
        fc.property(lineEnds, noise, places, (lineEnd, between, at) => {
          const bytes = written(events, lineEnd, between);
          expect(decode(golden, cut(bytes, at))).toBe(whole);
        }),
        { numRuns: 15 },
      );
    },
  );
});
