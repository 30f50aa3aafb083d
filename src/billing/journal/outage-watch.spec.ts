import { describe, expect, it } from '@jest/globals';
import { OutageWatch } from './outage-watch.js';

describe('OutageWatch', () => {
  it('is over when the database has answered for long enough', () => {
    const watch = new OutageWatch(15_000);
    expect(watch.isOver(0)).toBe(false);
    for (let now = 0; now <= 14_000; now += 2_000) watch.answered(now);
    expect(watch.isOver(14_999)).toBe(false);
    expect(watch.isOver(15_000)).toBe(true);
  });

  it('begins anew when it did not answer', () => {
    const watch = new OutageWatch(4_000);
    watch.answered(0);
    watch.failed();
    expect(watch.isOver(10_000)).toBe(false);
    watch.answered(10_000);
    expect(watch.isOver(13_999)).toBe(false);
    expect(watch.isOver(14_000)).toBe(true);
  });

  it('begins anew when nobody asked for a while: whoever asks was stopped', () => {
    const watch = new OutageWatch(4_000);
    watch.answered(0);
    watch.answered(4_000);
    expect(watch.isOver(4_000)).toBe(true);
    watch.answered(30_000);
    expect(watch.isOver(30_000)).toBe(false);
  });
});
