import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { startMoneyApi } from '../support/money-api.js';

let api: AdminApi;
let ours: TestOrganization;
beforeAll(async () => {
  api = await startMoneyApi();
  ours = await api.makeOrganization('ours');
});
afterAll(() => api.close());

interface Terms {
  readonly period: string;
  readonly zone: string;
  readonly anchor?: string;
}

/** The window that `at` lies in, as Postgres computes it of nothing but its arguments. */
async function windowOf({ period, zone, anchor }: Terms, at: string): Promise<[string, string]> {
  const [row] = await api.rows.query('SELECT starts, ends FROM window_bounds($1, $2, $3, $4)', [
    period,
    zone,
    anchor ?? null,
    at,
  ]);
  return [(row?.['starts'] as Date).toISOString(), (row?.['ends'] as Date).toISOString()];
}

/** What a clock in the zone shows, by the runtime's own tables. */
function wallClock(at: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return format.format(new Date(at));
}

describe('the window of a budget where the clock is changed', () => {
  it.each([
    // Forward at 02:00, back at 03:00: the days are 23 and 25 hours long.
    ['day', 'Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['day', 'Europe/Berlin', '2026-10-25T00:59:59Z', '2026-10-24T22:00', '2026-10-25T23:00'],
    ['day', 'America/New_York', '2026-11-01T06:30:00Z', '2026-11-01T04:00', '2026-11-02T05:00'],
    ['week', 'America/New_York', '2026-03-08T07:00:00Z', '2026-03-02T05:00', '2026-03-09T04:00'],
    ['month', 'Europe/Berlin', '2026-03-31T21:59:59Z', '2026-02-28T23:00', '2026-03-31T22:00'],
    ['month', 'Europe/Berlin', '2026-03-31T22:00:00Z', '2026-03-31T22:00', '2026-04-30T22:00'],
    // By half an hour, and at midnight itself, which that day does not have.
    ['day', 'Australia/Lord_Howe', '2026-04-05T00:00:00Z', '2026-04-04T13:00', '2026-04-05T13:30'],
    ['day', 'America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00', '2018-11-05T02:00'],
    ['day', 'Asia/Kathmandu', '2026-01-01T18:14:59Z', '2025-12-31T18:15', '2026-01-01T18:15'],
  ])('%s in %s at %s', async (period, zone, at, starts, ends) => {
    expect(await windowOf({ period, zone }, at)).toEqual([`${starts}:00.000Z`, `${ends}:00.000Z`]);
  });

  it.each([
    ['day', '2026-03-29T12:00:00Z', '2026-03-29T06:30', '2026-03-30T06:30'],
    ['day', '2026-03-29T06:29:59Z', '2026-03-28T07:30', '2026-03-29T06:30'],
    ['week', '2026-03-30T00:00:00Z', '2026-03-26T07:30', '2026-04-02T06:30'],
    // From the 31st: at the end of a month that has fewer days, and on the 31st again.
    ['month', '2026-02-28T12:00:00Z', '2026-02-28T07:30', '2026-03-31T06:30'],
  ])('%s from an anchor keeps its time of day: at %s', async (period, at, starts, ends) => {
    const terms = { period, zone: 'Europe/Berlin', anchor: '2026-01-31T08:30:00+01:00' };
    const thursday = { ...terms, anchor: '2026-01-29T08:30:00+01:00' };
    expect(await windowOf(period === 'week' ? thursday : terms, at)).toEqual([
      `${starts}:00.000Z`,
      `${ends}:00.000Z`,
    ]);
  });
});

/** None of them changes its clock at midnight. */
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Asia/Kathmandu'],
  ...['Australia/Lord_Howe', 'Pacific/Auckland', 'Pacific/Kiritimati', 'America/St_Johns'],
];

describe('the windows of a budget', () => {
  it('begin at midnight, on Mondays and on the first, as a clock on the wall shows it', async () => {
    const moments = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) });
    const periods = fc.constantFrom('day', 'week', 'month');
    await fc.assert(
      fc.asyncProperty(moments, fc.constantFrom(...ZONES), periods, async (ms, zone, period) => {
        const at = new Date(ms).toISOString();
        const [starts, ends] = await windowOf({ period, zone }, at);
        expect([starts <= at, at < ends]).toEqual([true, true]);
        for (const edge of [starts, ends]) {
          const [date = '', time] = wallClock(edge, zone).split(' ');
          expect(time).toBe('00:00:00');
          if (period === 'month') expect(date).toMatch(/-01$/);
          if (period === 'week') expect(new Date(`${date}T00:00:00Z`).getUTCDay()).toBe(1);
        }
        const [first] = wallClock(starts, zone).split(' ');
        const [today] = wallClock(at, zone).split(' ');
        if (period === 'day') expect(first).toBe(today);
        if (period === 'month') expect(first?.slice(0, 7)).toBe(today?.slice(0, 7));
      }),
      { numRuns: 200 },
    );
  });

  it('end when the API says that the budget resets', async () => {
    for (const zone of ZONES) {
      const body = { scope: 'organization', period: 'day', amount: '1', time_zone: zone };
      const before = new Date().toISOString();
      const { body: made } = await ours.as('owner').post(`${ours.path}/budgets`, body);
      expect(wallClock(made.resets_at as string, zone)).toMatch(/ 00:00:00$/);
      expect(made.resets_at > before).toBe(true);
      expect(made.resets_at < new Date(Date.parse(before) + 26 * 3_600_000).toISOString()).toBe(
        true,
      );
    }
  });
});
