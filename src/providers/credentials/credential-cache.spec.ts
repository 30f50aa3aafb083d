import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import { CredentialCache, type Credentials } from './credential-cache.js';

const { credential } = makeTarget();

/** Readings that wait until the test lets them end. */
function makeCache(capacity = 10) {
  const readings: { owner: string; end(id: string): void; fail(): void }[] = [];
  const clock = { now: 0 };
  const read = (owner: string): Promise<Credentials> =>
    new Promise((resolve, reject) => {
      readings.push({
        owner,
        end: (id) => resolve(new Map([['p', [{ ...credential, id }]]])),
        fail: () => reject(new Error('no database')),
      });
    });
  const cache = new CredentialCache(read, () => clock.now, capacity);
  const ids = (owner: string): string[] => cache.of(owner, 'p').map(({ id }) => id);
  return { cache, readings, clock, ids };
}

/** An owner whose credential `id` was read. */
async function warm(id: string) {
  const made = makeCache();
  const ready = made.cache.ready('a');
  made.readings[0]?.end(id);
  await ready;
  return made;
}

describe('credentials in memory', () => {
  it('are read once, also for many who wait, and are then there at once', async () => {
    const { cache, readings, ids } = makeCache();
    const waiting = [cache.ready('a'), cache.ready('a')];
    expect(ids('a')).toEqual([]);
    readings[0]?.end('one');
    for (const one of waiting) await one;
    expect(cache.ready('a')).toBeUndefined();
    expect([readings.length, ids('a')]).toEqual([1, ['one']]);
    expect(cache.of('a', 'other')).toEqual([]);
  });

  it('after a change the next call waits for the new ones', async () => {
    const { cache, readings, ids } = await warm('old');
    cache.changed('a');
    const ready = cache.ready('a');
    expect(ready).toBeInstanceOf(Promise);
    readings[1]?.end('new');
    await ready;
    expect([ids('a'), cache.ready('a')]).toEqual([['new'], undefined]);
  });

  it('a change while they are read makes that reading worthless', async () => {
    const { cache, readings, ids } = makeCache();
    const ready = cache.ready('a');
    cache.changed('a');
    readings[0]?.end('before the change');
    await new Promise((resolve) => setImmediate(resolve));
    readings[1]?.end('after it');
    await ready;
    expect(ids('a')).toEqual(['after it']);
  });

  it('what may have changed is read again beside the calls', async () => {
    const { cache, readings, ids } = await warm('old');
    cache.suspect();
    expect(cache.ready('a')).toBeUndefined();
    expect(cache.ready('a')).toBeUndefined();
    expect([readings.length, ids('a')]).toEqual([2, ['old']]);
    readings[1]?.end('new');
    await new Promise((resolve) => setImmediate(resolve));
    expect([ids('a'), readings.length]).toEqual([['new'], 2]);
  });

  it.each(['changed', 'suspect'] as const)(
    'stay usable when they cannot be read again (%s), and are not asked for all the time',
    async (what) => {
      const { cache, readings, ids, clock } = await warm('old');
      if (what === 'changed') cache.changed('a');
      else cache.suspect();
      const ready = cache.ready('a');
      readings[1]?.fail();
      await ready;
      await new Promise((resolve) => setImmediate(resolve));
      expect([cache.ready('a'), ids('a'), readings.length]).toEqual([undefined, ['old'], 2]);
      clock.now += 1_000;
      const again = cache.ready('a');
      readings[2]?.end('new');
      await again;
      await new Promise((resolve) => setImmediate(resolve));
      expect(ids('a')).toEqual(['new']);
    },
  );

  it('of an owner that was never read the failure is told, and the next call tries again', async () => {
    const { cache, readings, ids } = makeCache();
    const ready = cache.ready('a');
    readings[0]?.fail();
    await expect(ready).rejects.toThrow('no database');
    const again = cache.ready('a');
    readings[1]?.end('one');
    await again;
    expect(ids('a')).toEqual(['one']);
  });

  it('are forgotten of the owner that was read longest ago when there are too many', async () => {
    const { cache, readings, ids } = makeCache(2);
    for (const owner of ['a', 'b', 'c']) {
      const ready = cache.ready(owner);
      readings.at(-1)?.end(owner);
      await ready;
    }
    expect([ids('a'), ids('b'), ids('c')]).toEqual([[], ['b'], ['c']]);
  });
});
