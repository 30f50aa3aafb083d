import { describe, expect, it, jest } from '@jest/globals';
import { DAY, inOneWindow, MINUTE } from './one-window.js';

const MIDNIGHT = Date.UTC(2026, 11, 1);

/** Tells a story that fails as often as `turns` says how far the clock goes on meanwhile; gives what happened. */
async function tell(milliseconds: number, turns: readonly number[]): Promise<string[]> {
  let clock = MIDNIGHT - 1;
  const events: string[] = [];
  const story = async (): Promise<void> => {
    events.push('told');
    const turn = turns[events.filter((event) => event === 'told').length - 1];
    if (turn === undefined) return;
    clock += turn;
    throw new Error('the story failed');
  };
  const again = async (): Promise<void> => void events.push('again');
  const test = inOneWindow(milliseconds, story, { again, now: () => clock });
  await test().catch((error: unknown) => events.push((error as Error).message));
  return events;
}

describe('a story of one window', () => {
  it.each([
    ['a minute', MINUTE],
    ['a day', DAY],
  ])('of %s is told again where it failed and the next one has begun', async (_name, length) => {
    expect(await tell(length, [1])).toEqual(['told', 'again', 'told']);
    expect(await tell(length, [1, length])).toEqual(['told', 'again', 'told', 'again', 'told']);
  });

  it('fails where it failed within its window, the first time or later', async () => {
    expect(await tell(DAY, [0])).toEqual(['told', 'the story failed']);
    expect(await tell(DAY, [1, DAY - 1])).toEqual(['told', 'again', 'told', 'the story failed']);
  });

  it('is told once where it is true, though its window ended', async () => {
    let clock = MIDNIGHT - 1;
    let told = 0;
    const story = async (): Promise<void> => {
      told += 1;
      clock = MIDNIGHT;
    };
    await inOneWindow(DAY, story, { now: () => clock })();
    expect(told).toBe(1);
  });

  it('goes by the clock of the machine, in UTC', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(MIDNIGHT - 1);
    let told = 0;
    const story = async (): Promise<void> => {
      if (++told > 1) return;
      clock.mockReturnValue(MIDNIGHT);
      throw new Error('the story failed');
    };
    await inOneWindow(DAY, story)();
    clock.mockRestore();
    expect(told).toBe(2);
  });
});
