import { describe, expect, it } from '@jest/globals';
import { JournalLag } from './journal-lag.js';

describe('the lag of a journal', () => {
  it('is nothing where all was posted', () => {
    const lag = new JournalLag();
    lag.wrote(3, 1_000);
    expect(lag.read(3, 3, 9_000)).toBe(0);
  });

  it('is the age of what was written and not posted', () => {
    const lag = new JournalLag();
    lag.wrote(1, 1_000);
    lag.wrote(2, 2_000);
    lag.wrote(3, 3_000);
    expect(lag.read(0, 3, 5_000)).toBe(4_000);
    expect(lag.read(2, 3, 5_000)).toBe(3_000);
    expect(lag.read(3, 3, 5_000)).toBe(0);
  });

  it('starts anew after everything was posted', () => {
    const lag = new JournalLag();
    lag.wrote(1, 1_000);
    expect(lag.read(1, 1, 2_000)).toBe(0);
    lag.wrote(2, 8_000);
    expect(lag.read(1, 2, 9_000)).toBe(1_000);
  });

  it('holds a bounded number of marks where nobody reads it', () => {
    const lag = new JournalLag();
    for (let second = 0; second < 100_000; second++) lag.wrote(second + 1, second * 1_000);
    expect(lag.size).toBeLessThanOrEqual(1_024);
    expect(lag.read(0, 100_000, 100_000_000)).toBe(100_000_000);
  });
});
