import { describe, expect, it } from '@jest/globals';
import { MAX_LINE_LENGTH, SseReader } from './sse.js';

function read(...pieces: string[]) {
  const reader = new SseReader();
  return [...pieces.flatMap((piece) => reader.push(Buffer.from(piece))), ...reader.end()];
}

const dataOf = (...pieces: string[]) => read(...pieces).map(({ data }) => data);

describe('SseReader', () => {
  it('reads one event a block, as soon as its empty line is there', () => {
    const reader = new SseReader();
    expect(reader.push(Buffer.from('event: a\ndata: 1\n'))).toEqual([]);
    expect(reader.push(Buffer.from('\ndata: 2\n\nda'))).toEqual([
      { event: 'a', data: '1' },
      { event: undefined, data: '2' },
    ]);
  });

  it('joins the data lines of an event by line feeds', () => {
    expect(dataOf('data: a\ndata:\ndata: b\n\n')).toEqual(['a\n\nb']);
  });

  it.each([
    ['data: x', 'x'],
    ['data:x', 'x'],
    ['data:  x', ' x'],
    ['data: x: y', 'x: y'],
    ['data', ''],
    ['data:', ''],
  ])('takes at most one space after the colon: %j', (line, expected) => {
    expect(dataOf(`${line}\n\n`)).toEqual([expected]);
  });

  it('takes only `event` and `data`, spelled so', () => {
    expect(read('Data: a\n data: b\nid: c\nretry: 1\n: data: d\n\n')).toEqual([]);
  });

  it('an event without data is none, and its name does not pass to the next one', () => {
    expect(read('event: lost\n\ndata: 1\n\n')).toEqual([{ event: undefined, data: '1' }]);
  });

  it('the end of the bytes completes the last event', () => {
    expect(dataOf('data: 1\n\ndata: 2')).toEqual(['1', '2']);
    expect(dataOf('data: 1\r')).toEqual(['1']);
  });

  it('a line feed after a carriage return of the piece before is no empty line', () => {
    expect(dataOf('data: a\r', '\ndata: b\r', '', '\n\r', '\n')).toEqual(['a\nb']);
    expect(dataOf('data: a\r', '\rdata: b')).toEqual(['a', 'b']);
  });

  it('only the first character of a stream can be a byte order mark', () => {
    expect(dataOf('\uFEFFdata: 1\n\n')).toEqual(['1']);
    expect(dataOf('data: \uFEFF1\n\n')).toEqual(['\uFEFF1']);
    expect(dataOf('data: 1\n\n', '\uFEFFdata: 2\n\n')).toEqual(['1']);
  });

  it('a character that is cut into bytes comes out whole', () => {
    const bytes = Buffer.from('data: 🦫\n\n');
    const reader = new SseReader();
    const events = Array.from(bytes, (byte) => reader.push(Buffer.of(byte))).flat();
    expect(events).toEqual([{ event: undefined, data: '🦫' }]);
  });
});

describe('what an upstream may make the gateway hold', () => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const pieces = MAX_LINE_LENGTH / piece.length;

  it('a line of up to MAX_LINE_LENGTH, no more', () => {
    const reader = new SseReader();
    for (let at = 0; at < pieces; at++) expect(reader.push(piece)).toEqual([]);
    expect(() => reader.push(Buffer.from('x'))).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    );
  });

  it('an event of many lines that never ends: no more either', () => {
    const reader = new SseReader();
    const line = Buffer.concat([Buffer.from('data: '), piece, Buffer.from('\n')]);
    const feed = () => {
      for (let at = 0; at < pieces + 1; at++) reader.push(line);
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'upstream_error' }));
  });
});
