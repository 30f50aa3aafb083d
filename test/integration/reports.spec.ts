import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReportsModule } from '../../src/billing/reports/reports.module.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import type { AdminClient } from '../support/admin-caller.js';
import { anyCall, postReported, type ReportedCall } from '../support/reported-usage.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';

const START = Date.UTC(2026, 2, 28, 20);
const WINDOW = 'since=2026-03-28T20:00:00Z&until=2026-04-01T00:00:00Z';

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;
let calls: readonly ReportedCall[];

/** Random calls, the same in every run, of a; and one of b. */
beforeAll(async () => {
  api = await startAdminApi({ more: [ReportsModule], rowSecurity: false });
  a = await api.makeOrganization('a');
  b = await api.makeOrganization('b');
  calls = fc.sample(anyCall, { numRuns: 150, seed: 7 });
  for (const call of calls) await postReported(api.rows, a, START, call);
  const [call] = fc.sample(
    anyCall.filter(({ model }) => model === 'm'),
    { numRuns: 1, seed: 1 },
  );
  if (!call) throw new Error('no call');
  await postReported(api.rows, b, START, {
    ...call,
    charged: true,
    amount: 7n,
    better: [],
    refund: 0n,
  });
}, 60_000);
afterAll(() => api.close());

interface Row {
  readonly [field: string]: string | number | null;
}
interface Report {
  readonly data: readonly Row[];
  readonly total: Row;
}

const ask = async (query: string, client: AdminClient = api.operator): Promise<Report> => {
  const { status, body } = await client.get(`${a.path}/reports/usage?${WINDOW}&${query}`);
  expect([status, body.error]).toEqual([200, undefined]);
  return body;
};
const sum = (rows: readonly Row[], field: string): string =>
  formatUsd(rows.reduce((total, row) => total + parseUsd(String(row[field])), 0n));

/** What the ledger says of an organization's calls. */
async function ledgerOf({ id }: TestOrganization): Promise<Record<string, unknown> | undefined> {
  const [row] = await api.rows.query(
    `SELECT trim_scale(-sum(amount) FILTER (WHERE account = 'wallet:' || $1))::text AS charged,
       trim_scale(sum(amount) FILTER (WHERE account LIKE 'provider_cost:%'))::text AS provider_cost
     FROM ledger_transaction JOIN posting ON transaction_id = id WHERE organization_id = $1 AND kind = 'usage'`,
    [id],
  );
  return row;
}

/** What the accounts of costs hold that an organization's calls have moved, by provider. */
async function costAccountsOf({ id }: TestOrganization): Promise<unknown> {
  const rows = await api.rows.query(
    `SELECT split_part(account, ':', 2) AS provider, trim_scale(sum(amount))::text AS amount
     FROM ledger_transaction JOIN posting ON transaction_id = id
     WHERE organization_id = $1 AND account LIKE 'provider_cost:%' GROUP BY 1`,
    [id],
  );
  return Object.fromEntries(rows.map(({ provider, amount }) => [provider, amount]));
}

/** What the usage events say that is no money of ours; the last figure of each call. */
async function lastFiguresOf({ id }: TestOrganization): Promise<Row | undefined> {
  const [row] = await api.rows.query(
    `SELECT count(*)::int AS requests, sum((units->>'promptTokens')::int)::int AS prompt_tokens,
       sum((units->>'cachedTokens')::int)::int AS cached_tokens,
       sum((units->>'completionTokens')::int)::int AS completion_tokens,
       sum((units->>'reasoningTokens')::int)::int AS reasoning_tokens,
       trim_scale(sum(amount) FILTER (WHERE NOT charged))::text AS own_credentials_cost
     FROM (SELECT DISTINCT ON (call_id) * FROM usage_event WHERE organization_id = $1
       ORDER BY call_id, revision DESC) AS last`,
    [id],
  );
  return row as Row | undefined;
}

describe('a usage report', () => {
  it.each([
    '',
    'group_by=project',
    'group_by=api_key&group_by=member&group_by=model',
    'group_by=provider&group_by=source',
    'group_by=day&group_by=hour',
    'group_by=day&time_zone=Europe/Berlin&group_by=model',
  ])('by %s adds up to the ledger, to the last digit', async (query) => {
    const { data, total } = await ask(query);
    const ledger = await ledgerOf(a);
    const figures = await lastFiguresOf(a);
    expect(total).toMatchObject({ ...ledger, ...figures });
    expect(parseUsd(String(total['charged']))).toBeGreaterThan(0n);
    for (const field of ['charged', 'provider_cost', 'own_credentials_cost', 'list_cost'])
      expect([field, sum(data, field)]).toEqual([field, total[field]]);
    const list =
      parseUsd(String(total['provider_cost'])) + parseUsd(String(total['own_credentials_cost']));
    expect(total['list_cost']).toBe(formatUsd(list));
  });

  it('by provider has what searches cost at the provider that searched, and counts none of them', async () => {
    const { data } = await ask('group_by=provider');
    const costs = data.filter((row) => row['provider_cost'] !== '0');
    const byProvider = costs.map((row) => [row['provider'], row['provider_cost']]);
    expect(Object.fromEntries(byProvider)).toEqual(await costAccountsOf(a));
    const searcher = data.find((row) => row['provider'] === 'searcher');
    expect(searcher).toMatchObject({ requests: 0, prompt_tokens: 0, charged: '0' });
    const { total } = await ask('provider=searcher&group_by=model');
    expect(total['provider_cost']).toBe(searcher?.['provider_cost']);
  });

  it('has each group once, in order, with the calls of just that group', async () => {
    const { data } = await ask('group_by=api_key&group_by=model');
    const names = data.map((row) => `${row['api_key']} ${row['model'] ?? ''}`);
    expect(names).toEqual([...new Set(names)].toSorted());
    for (const { api_key, model, requests } of data) {
      const own = calls.filter((call) => call.key === api_key && call.model === model);
      expect([api_key, model, requests]).toEqual([api_key, model, own.length]);
    }
    const filtered = await ask('group_by=model&api_key_id=key_2&model=n');
    expect(filtered.data).toEqual(
      data
        .filter((row) => row['api_key'] === 'key_2' && row['model'] === 'n')
        .map(({ api_key: _, ...row }) => row),
    );
  });

  it('by tag counts each call once under each of its values, and knows days and hours', async () => {
    const { data, total } = await ask('group_by=tag:Team');
    const of = (team: string) => calls.filter((call) => call.team === team).length;
    expect(data.map(({ tag, requests }) => [tag, requests])).toEqual([
      ['a', of('a')],
      ['b', of('b')],
    ]);
    const byDay = await ask('group_by=day&tag=team:a');
    expect(byDay.total).toEqual({ ...data[0], tag: undefined });
    expect((await ask('group_by=tag:other')).total).toEqual(total);
  });

  it('cuts days by the clocks of the zone, and hours by UTC', async () => {
    const dayOf = (zone: string, { hour }: ReportedCall): string =>
      new Date(START + hour * 3_600_000).toLocaleDateString('sv-SE', { timeZone: zone });
    // Clocks in Berlin went forward within these days.
    for (const zone of ['UTC', 'Europe/Berlin', 'America/Los_Angeles']) {
      const { data } = await ask(`group_by=day&time_zone=${zone}`);
      const counts = new Map<string, number>();
      for (const call of calls)
        counts.set(dayOf(zone, call), (counts.get(dayOf(zone, call)) ?? 0) + 1);
      expect(data.map(({ day, requests }) => [day, requests])).toEqual(
        [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)),
      );
    }
    const { data } = await ask('group_by=hour');
    expect(data[0]?.['hour']).toMatch(/^2026-03-28T2\d:00:00Z$/);
  });

  it('covers just its window', async () => {
    const hour = calls[0]?.hour ?? 0;
    const iso = (hours: number) => new Date(START + hours * 3_600_000).toISOString();
    const path = `${a.path}/reports/usage?since=${iso(hour)}&until=${iso(hour + 1)}`;
    const { body } = await api.operator.get(path);
    expect(body).toMatchObject({ since: iso(hour), until: iso(hour + 1), group_by: [] });
    expect(body.total.requests).toBe(calls.filter((call) => call.hour === hour).length);
    expect((await api.operator.get(`${a.path}/reports/usage`)).body.data).toHaveLength(1);
  });
});

describe('a report on all organizations', () => {
  it('is grouped by them, and can be narrowed to one', async () => {
    const path = `/admin/v1/reports/usage?${WINDOW}&group_by=organization`;
    const { body } = await api.operator.get(path);
    expect(body.data.map((row: Row) => [row['organization'], row['charged']])).toEqual([
      [a.id, (await ledgerOf(a))?.['charged']],
      [b.id, '0.000000000007'],
    ]);
    const narrowed = await api.operator.get(`${path}&organization_id=${b.id}`);
    expect(narrowed.body.data).toEqual([body.data[1]]);
  });
});
