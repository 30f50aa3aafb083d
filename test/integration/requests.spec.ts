import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestQueryDto, UsageQueryDto } from '../../src/billing/requests/request-query.dto.js';
import { RequestsService } from '../../src/billing/requests/requests.service.js';
import { UsageService } from '../../src/billing/requests/usage.service.js';
import { Environment } from '../../src/platform/env.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import { connect, type Rows } from '../support/tenant.js';

const DAY = 86_400_000;
/** 23:59:59.999 UTC, so that a day is told by UTC and by nothing else. */
const BEGIN = Date.UTC(2026, 0, 1, 23, 59, 59, 999);

let database: TestDatabase;
let rows: Rows;
let prisma: PrismaService;
let requests: RequestsService;
let usage: UsageService;

/** Calls of two organizations: `a` has five of which two began together, `b` one. */
const CALLS = [
  { call: 'a1', organization: 'a', key: 'k1', model: 'm', startedAt: BEGIN, amount: '0.1' },
  { call: 'a2', organization: 'a', key: 'k1', model: 'm', startedAt: BEGIN + 1, amount: '0.2' },
  {
    call: 'a3',
    organization: 'a',
    key: 'k2',
    model: 'n',
    startedAt: BEGIN + 1,
    amount: '0.000000000001',
  },
  { call: 'a4', organization: 'a', key: 'k2', model: 'n', startedAt: BEGIN + DAY, amount: '0' },
  { call: 'a5', organization: 'a', key: 'k1', model: 'm', startedAt: BEGIN + 2 * DAY, amount: '1' },
  { call: 'b1', organization: 'b', key: 'k9', model: 'm', startedAt: BEGIN, amount: '7' },
] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
  prisma = new PrismaService(Object.assign(new Environment(), { DATABASE_URL: database.appUrl }));
  requests = new RequestsService(prisma);
  usage = new UsageService(prisma);
  const closes = CALLS.map(({ call, organization, key, model, startedAt, amount }) => {
    const base = closeOf(call, amount, { charge: chargeOf(amount) });
    const failed =
      call === 'a4'
        ? ({ outcome: 'failed', status: 502, errorCode: 'upstream_error' } as const)
        : {};
    const served = base.served && { ...base.served, model };
    return { ...base, ...failed, served, identity: identityOf({ organization, key, startedAt }) };
  });
  await rows.query('SELECT post_calls($1::jsonb)', [JSON.stringify(closes)]);
});
afterAll(async () => {
  await prisma.$disconnect();
  await rows.close();
  await database.drop();
});

const query = (more: Partial<RequestQueryDto> = {}) => Object.assign(new RequestQueryDto(), more);

async function list(more: Partial<RequestQueryDto> = {}) {
  const page = await requests.list(query(more));
  return { ids: (page['data'] as { id: string }[]).map(({ id }) => id), page };
}

const iso = (ms: number) => new Date(ms).toISOString();

describe('the list of requests', () => {
  it('is newest first; of those that began together the later id', async () => {
    const { ids, page } = await list();
    expect(ids).toEqual(['a5', 'a4', 'a3', 'a2', 'b1', 'a1']);
    expect(page).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
  });

  it.each([1, 2, 3, 4, 5])('shows each request once, over pages of %i', async (limit) => {
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const { ids, page } = await list({ limit, ...(cursor === undefined ? {} : { cursor }) });
      expect(ids.length).toBeLessThanOrEqual(limit);
      expect(page['has_more']).toBe(page['next_cursor'] !== null);
      all.push(...ids);
      cursor = (page['next_cursor'] as string | null) ?? undefined;
    } while (cursor !== undefined);
    expect(all).toEqual(['a5', 'a4', 'a3', 'a2', 'b1', 'a1']);
  });

  it.each<[string, Partial<RequestQueryDto>, string[]]>([
    ['organization', { organization_id: 'b' }, ['b1']],
    ['key', { api_key_id: 'k2' }, ['a4', 'a3']],
    ['model', { model: 'm', organization_id: 'a' }, ['a5', 'a2', 'a1']],
    ['provider', { provider: 'groq' }, []],
    ['outcome', { outcome: 'failed' }, ['a4']],
    ['since, which counts', { since: iso(BEGIN + DAY) }, ['a5', 'a4']],
    ['until, which does not', { until: iso(BEGIN + 1) }, ['b1', 'a1']],
    ['a day', { since: '2026-01-02', until: '2026-01-03' }, ['a4', 'a3', 'a2']],
  ])('can be narrowed by %s', async (_what, filter, expected) => {
    expect((await list(filter)).ids).toEqual(expected);
  });

  it.each([
    'x',
    '',
    Buffer.from('2026 ').toString('base64url'),
    Buffer.from('no date a1').toString('base64url'),
  ])('refuses a cursor that is none: %j', async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({
      code: 'invalid_parameter',
      param: 'cursor',
    });
  });

  it.each([{ since: '2026-W10' }, { until: '2026-W10-1' }])(
    'a date that is none here is refused: %j',
    async (filter) => {
      await expect(list(filter)).rejects.toMatchObject({
        code: 'invalid_parameter',
        param: Object.keys(filter)[0],
      });
    },
  );
});

describe('one request', () => {
  it('has what the list has, and its cost lines', async () => {
    const found = await requests.get('a3');
    const listed = (await list({ api_key_id: 'k2', outcome: 'completed' })).page[
      'data'
    ] as unknown[];
    const { revisions, ...rest } = found;
    expect(rest).toEqual(listed[0]);
    expect(rest).toMatchObject({
      object: 'request',
      cost_usd: '0.000000000001',
      cost_basis: 'final',
      attempts: [{ provider: 'openai', status: 200, reason: 'ok' }],
      started_at: iso(BEGIN + 1),
    });
    expect(revisions).toEqual([
      expect.objectContaining({
        revision: 1,
        rank: 'final',
        amount: '0.000000000001',
        cost_lines: [{ meter: 'input', quantity: 10, amount: '0.000000000001' }],
      }),
    ]);
  });

  it('that is not there is 404', async () => {
    await expect(requests.get('a9')).rejects.toMatchObject({
      status: 404,
      code: 'resource_not_found',
    });
  });
});

describe('usage', () => {
  const report = async (more: Partial<UsageQueryDto> & Pick<UsageQueryDto, 'group_by'>) =>
    (await usage.report(Object.assign(new UsageQueryDto(), more)))['data'];
  const group = (field: string, value: string, count: number, cost_usd: string) => ({
    [field]: value,
    requests: count,
    prompt_tokens: count * 10,
    completion_tokens: count * 5,
    cost_usd,
  });

  it('adds up exactly, by key, model and UTC day', async () => {
    expect(await report({ group_by: 'key', organization_id: 'a' })).toEqual([
      group('key', 'k1', 3, '1.3'),
      group('key', 'k2', 2, '0.000000000001'),
    ]);
    expect(await report({ group_by: 'model' })).toEqual([
      group('model', 'm', 4, '8.3'),
      group('model', 'n', 2, '0.000000000001'),
    ]);
    expect(await report({ group_by: 'day', organization_id: 'a' })).toEqual([
      group('day', '2026-01-01', 1, '0.1'),
      group('day', '2026-01-02', 3, '0.200000000001'),
      group('day', '2026-01-03', 1, '1'),
    ]);
  });

  it('is bounded by since and until as the list is', async () => {
    const bounds = { since: iso(BEGIN + 1), until: iso(BEGIN + DAY) };
    expect(await report({ group_by: 'key', ...bounds })).toEqual([
      group('key', 'k1', 1, '0.2'),
      group('key', 'k2', 1, '0.000000000001'),
    ]);
  });

  it('refuses a date that is none here', async () => {
    await expect(report({ group_by: 'key', since: '2026-W10' })).rejects.toMatchObject({
      code: 'invalid_parameter',
      param: 'since',
    });
  });
});
