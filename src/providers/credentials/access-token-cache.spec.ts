import { describe, expect, it } from '@jest/globals';
import { AccessTokenCache, type AccessToken } from './access-token-cache.js';

const HOUR_MS = 3_600_000;

/** A cache whose fetches wait until the test lets them end. */
function makeCache(capacity = 10) {
  const fetches: { key: string; end(value: string, lifetimeMs?: number): void; fail(): void }[] =
    [];
  const clock = { now: 0 };
  const fetch = (key: string): Promise<AccessToken> =>
    new Promise((resolve, reject) => {
      fetches.push({
        key,
        end: (value, lifetimeMs = HOUR_MS) => resolve({ value, lifetimeMs }),
        fail: () => reject(new Error('no token')),
      });
    });
  return { cache: new AccessTokenCache(fetch, () => clock.now, capacity), fetches, clock };
}

/** A cache that holds the token `old`, fetched at 0, for an hour. */
async function warm(lifetimeMs = HOUR_MS) {
  const made = makeCache();
  const token = made.cache.of('a');
  made.fetches[0]?.end('old', lifetimeMs);
  await token;
  return made;
}

describe('access tokens', () => {
  it('are fetched once for all who wait, and are then there at once', async () => {
    const { cache, fetches } = makeCache();
    const waiting = [1, 2, 3].map(async () => cache.of('a'));
    fetches[0]?.end('one');
    expect(await Promise.all(waiting)).toEqual(['one', 'one', 'one']);
    expect(cache.of('a')).toBe('one');
    expect(fetches).toHaveLength(1);
  });

  it('are each credential’s own', async () => {
    const { cache, fetches } = makeCache();
    const [a, b] = [cache.of('a'), cache.of('b')];
    fetches[1]?.end('of b');
    fetches[0]?.end('of a');
    expect([await a, await b]).toEqual(['of a', 'of b']);
  });

  it('are renewed five minutes before their end, while calls go on with the old one', async () => {
    const { cache, fetches, clock } = await warm();
    clock.now = HOUR_MS - 300_001;
    expect([cache.of('a'), fetches.length]).toEqual(['old', 1]);
    clock.now = HOUR_MS - 300_000;
    expect([cache.of('a'), cache.of('a'), fetches.length]).toEqual(['old', 'old', 2]);
    fetches[1]?.end('new');
    await new Promise(setImmediate);
    expect([cache.of('a'), fetches.length]).toEqual(['new', 2]);
  });

  it('that live shortly are renewed in the middle of their life', async () => {
    const { cache, fetches, clock } = await warm(60_000);
    clock.now = 29_999;
    expect([cache.of('a'), fetches.length]).toEqual(['old', 1]);
    clock.now = 30_000;
    expect([cache.of('a'), fetches.length]).toEqual(['old', 2]);
  });

  it('that have ended are waited for', async () => {
    const { cache, fetches, clock } = await warm();
    clock.now = HOUR_MS;
    const token = cache.of('a');
    expect(token).toBeInstanceOf(Promise);
    fetches[1]?.end('new');
    expect(await token).toBe('new');
  });

  it('that cannot be renewed are used to their end', async () => {
    const { cache, fetches, clock } = await warm();
    clock.now = HOUR_MS - 2_000;
    expect(cache.of('a')).toBe('old');
    fetches[1]?.fail();
    await new Promise(setImmediate);
    clock.now += 999;
    expect([cache.of('a'), fetches.length]).toEqual(['old', 2]);
    clock.now += 1;
    expect([cache.of('a'), fetches.length]).toEqual(['old', 3]);
  });

  it('that cannot be had fail all who wait, and are tried again after a second', async () => {
    const { cache, fetches, clock } = makeCache();
    const waiting = Promise.allSettled([cache.of('a'), cache.of('a')]);
    fetches[0]?.fail();
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(cache.of('a')).rejects.toThrow('no token');
    expect(fetches).toHaveLength(1);
    clock.now = 1_000;
    const token = cache.of('a');
    fetches[1]?.end('new');
    expect(await token).toBe('new');
  });

  it('that the provider refused are fetched anew, unless they are young', async () => {
    const { cache, fetches, clock } = await warm();
    clock.now = 59_999;
    cache.refused('a');
    expect(cache.of('a')).toBe('old');
    clock.now = 60_000;
    cache.refused('a');
    cache.refused('unknown');
    expect(cache.of('a')).toBeInstanceOf(Promise);
    expect(fetches).toHaveLength(2);
  });

  it('of the credential that came first are forgotten where there are too many', async () => {
    const { cache, fetches } = makeCache(1);
    for (const [index, key] of ['a', 'b'].entries()) {
      const token = cache.of(key);
      fetches[index]?.end(key);
      await token;
    }
    expect(cache.of('b')).toBe('b');
    expect(cache.of('a')).toBeInstanceOf(Promise);
  });
});
