import { describe, expect, it } from '@jest/globals';
import { Tally, type TallyEntry } from './tally.js';

function entry(id: string): TallyEntry {
  return {
    id,
    answerId: `answer-${id}`,
    protocol: 'openai',
    model: 'm',
    status: 200,
    promptTokens: 1,
    cachedTokens: 0,
    completionTokens: 0,
    reasoningTokens: 0,
    stream: false,
    finished: false,
    aborted: false,
    startedAt: 0,
  };
}

const idsOf = (tally: Tally): string[] => tally.list().map(({ id }) => id);

describe('Tally', () => {
  it('keeps the newest entries in order', () => {
    const tally = new Tally(3);
    for (const id of ['a', 'b', 'c', 'd', 'e']) tally.add(entry(id));
    expect(idsOf(tally)).toEqual(['c', 'd', 'e']);
    tally.clear();
    tally.add(entry('f'));
    expect(idsOf(tally)).toEqual(['f']);
  });

  it('filters by id and hands out copies', () => {
    const tally = new Tally();
    tally.add(entry('a'));
    tally.add(entry('b'));
    for (const copy of tally.list('a')) copy.finished = true;
    expect(tally.list('a')).toEqual([entry('a')]);
  });

  it('wakes who waits for a change, and only for that', async () => {
    const tally = new Tally();
    const waiting = tally.waitFor((found) => found.id === 'b' && found.finished).entry;
    tally.add({ ...entry('a'), finished: true });
    const live = tally.add(entry('b'));
    live.finished = true;
    tally.changed(live);
    expect(await waiting).toEqual({ ...entry('b'), finished: true });
    expect(await tally.waitFor((found) => found.id === 'a').entry).toMatchObject({ id: 'a' });
  });
});
