import { describe, expect, it } from '@jest/globals';
import { OftenWritten } from './often-written.js';

/** Asks for a key, and tells whether its piece had been kept. */
function ask(pieces: OftenWritten<object>, key: string, piece = {}): boolean {
  const kept = pieces.get(key) !== undefined;
  if (!kept) pieces.missed(key, () => piece);
  return kept;
}

describe('OftenWritten', () => {
  it('keeps what was asked for three times', () => {
    const pieces = new OftenWritten(10);
    const piece = {};
    expect([1, 2, 3, 4, 5].map(() => ask(pieces, 'a', piece))).toEqual([
      ...[false, false, false],
      ...[true, true],
    ]);
    expect(pieces.get('a')).toBe(piece);
  });

  it('makes nothing that it does not keep', () => {
    const pieces = new OftenWritten(10);
    let made = 0;
    for (const key of ['a', 'b', 'a', 'b'])
      pieces.missed(key, () => {
        made++;
        return {};
      });
    expect(made).toBe(0);
  });

  it('puts another one in the place of one that no longer holds, at once', () => {
    const pieces = new OftenWritten(10);
    for (let time = 0; time < 3; time++) ask(pieces, 'a');
    const next = {};
    pieces.missed('a', () => next);
    expect(pieces.get('a')).toBe(next);
  });

  it('begins anew when it knows as many keys as it may', () => {
    const pieces = new OftenWritten(2);
    for (let time = 0; time < 3; time++) ask(pieces, 'a');
    ask(pieces, 'b');
    expect(ask(pieces, 'a')).toBe(true);
    ask(pieces, 'c');
    expect(pieces.get('a')).toBeUndefined();
    for (let time = 0; time < 3; time++) ask(pieces, 'a');
    expect(ask(pieces, 'a')).toBe(true);
  });
});
