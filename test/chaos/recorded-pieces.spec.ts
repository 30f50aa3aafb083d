import { describe, expect, it } from '@jest/globals';
import { recordedPieces } from './recorded-pieces.js';

/** A piece every 100 ms, this many. */
const stream = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ at: from + 100 * at, pieces: at + 1 }));

describe('recordedPieces', () => {
  it('is sure of nothing that may have come in the last turn', () => {
    expect(recordedPieces([])).toBe(0);
    expect(recordedPieces(stream(1))).toBe(0);
    expect(recordedPieces(stream(3))).toBe(0);
  });

  it('is sure of the first piece from then on', () => {
    expect(recordedPieces(stream(4))).toBe(1);
    expect(
      recordedPieces([
        { at: 0, pieces: 5 },
        { at: 300, pieces: 6 },
      ]),
    ).toBe(1);
  });

  it('is sure of what came an interval and a delay before', () => {
    // The last whose turn was over is the 28th, at 2,700 ms; 2,000 ms before came the eighth.
    expect(recordedPieces(stream(31))).toBe(8);
  });

  it('is not surer after a pause, for what comes first after it may be lost with its record', () => {
    const paused = [...stream(5), { at: 60_000, pieces: 6 }];
    expect(recordedPieces(paused)).toBe(1);
  });
});
