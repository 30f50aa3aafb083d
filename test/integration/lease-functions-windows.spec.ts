import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connectAsGateway } from '../support/quotas.js';
import type { Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});

/** [start, end] of the window that `at` lies in. */
async function boundsOf(
  window: string,
  at: string,
  zone = 'UTC',
  anchor: string | null = null,
): Promise<(string | null)[]> {
  const [row] = await rows.query('SELECT * FROM window_bounds($1, $2, $3, $4)', [
    window,
    zone,
    anchor,
    at,
  ]);
  return [row?.['starts'], row?.['ends']].map(
    (time) => (time as Date | null)?.toISOString() ?? null,
  );
}

describe('a calendar window', () => {
  it.each([
    ['minute', '2026-03-01T10:07:59.999Z', 'UTC', '2026-03-01T10:07', '2026-03-01T10:08'],
    ['day', '2026-03-01T23:59:59Z', 'UTC', '2026-03-01T00:00', '2026-03-02T00:00'],
    ['day', '2026-03-01T16:00:00Z', 'Asia/Tokyo', '2026-03-01T15:00', '2026-03-02T15:00'],
    ['day', '2026-03-01T14:59:59Z', 'Asia/Tokyo', '2026-02-28T15:00', '2026-03-01T15:00'],
    ['week', '2026-03-01T12:00:00Z', 'UTC', '2026-02-23T00:00', '2026-03-02T00:00'],
    ['week', '2026-03-02T00:00:00Z', 'UTC', '2026-03-02T00:00', '2026-03-09T00:00'],
    ['month', '2026-02-28T23:30:00Z', 'Europe/Berlin', '2026-02-28T23:00', '2026-03-31T22:00'],
    ['month', '2024-02-29T12:00:00Z', 'UTC', '2024-02-01T00:00', '2024-03-01T00:00'],
  ])('%s at %s in %s', async (window, at, zone, starts, ends) => {
    expect(await boundsOf(window, at, zone)).toEqual([`${starts}:00.000Z`, `${ends}:00.000Z`]);
  });

  it('has 23 hours where the clock goes forward and 25 where it goes back', async () => {
    expect(await boundsOf('day', '2026-03-29T12:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(await boundsOf('day', '2026-10-25T12:00:00Z', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('of all time never ends', async () => {
    expect(await boundsOf('total', '2026-03-29T12:00:00Z')).toEqual([
      '1970-01-01T00:00:00.000Z',
      null,
    ]);
  });
});

describe('an anchored window', () => {
  it.each([
    ['month', '2026-03-01T00:00:00Z', '2026-01-31T10:00:00Z', '2026-02-28', '2026-03-31'],
    ['month', '2026-04-30T09:59:59Z', '2026-01-31T10:00:00Z', '2026-03-31', '2026-04-30'],
    ['month', '2025-12-31T10:00:00Z', '2026-01-31T10:00:00Z', '2025-12-31', '2026-01-31'],
    ['week', '2026-03-05T09:00:00Z', '2026-01-01T10:00:00Z', '2026-02-26', '2026-03-05'],
    ['day', '2026-03-05T10:00:00Z', '2026-01-01T10:00:00Z', '2026-03-05', '2026-03-06'],
  ])('%s at %s, counted from %s', async (window, at, anchor, starts, ends) => {
    expect(await boundsOf(window, at, 'UTC', anchor)).toEqual([
      `${starts}T10:00:00.000Z`,
      `${ends}T10:00:00.000Z`,
    ]);
  });
});

describe('the law of windows', () => {
  it('they tile time: each moment is in one, and each ends where the next begins', async () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    ];
    const moments = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2032-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('minute', 'day', 'week', 'month'),
        fc.constantFrom(...zones),
        fc.option(moments),
        moments,
        async (window, zone, anchor, at) => {
          const origin = anchor?.toISOString() ?? null;
          const [starts, ends] = await boundsOf(window, at.toISOString(), zone, origin);
          if (!starts || !ends) throw new Error('no bounds');
          expect(Date.parse(starts)).toBeLessThanOrEqual(at.getTime());
          expect(Date.parse(ends)).toBeGreaterThan(at.getTime());
          expect(await boundsOf(window, starts, zone, origin)).toEqual([starts, ends]);
          const [next] = await boundsOf(window, ends, zone, origin);
          expect(next).toBe(ends);
        },
      ),
      { numRuns: 300 },
    );
  });
});
