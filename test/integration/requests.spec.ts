import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { BEGIN, idsOf, iso, startWithSixRequests } from '../support/requests-api.js';
import { until } from '../support/tenant.js';

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;

beforeAll(async () => {
  ({ api, a, b } = await startWithSixRequests());
});
afterAll(() => api.close());

const query = (filter: Readonly<Record<string, string>>) => new URLSearchParams(filter).toString();

describe('GET requests', () => {
  const list = (filter: Readonly<Record<string, string>> = {}) =>
    idsOf(a.as('viewer'), `${a.path}/requests?${query(filter)}`);

  it('gives those of the last 31 days, newest first; of those that began together the later id', async () => {
    expect(await list()).toEqual(['a3', 'a2', 'a1', 'a4']);
  });

  it.each([1, 2, 3])('shows each request once, over pages of %i', async (limit) => {
    const all: string[] = [];
    let cursor = '';
    do {
      const path = `${a.path}/requests?since=2000-01-01&limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const { body } = await a.as('owner').get(path);
      expect(body.data.length).toBeLessThanOrEqual(limit);
      expect(body.has_more).toBe(body.next_cursor !== null);
      all.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor ?? '';
    } while (cursor !== '');
    expect(all).toEqual(['a3', 'a2', 'a1', 'a4', 'a5']);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['key', { api_key_id: 'key_2' }, ['a3', 'a4']],
    ['model', { model: 'n' }, ['a3', 'a4']],
    ['provider', { provider: 'groq' }, ['a3']],
    ['status', { status: '502' }, ['a4']],
    ['outcome', { outcome: 'failed' }, ['a4']],
    ['error', { error_code: 'upstream_error' }, ['a4']],
    ['source', { source: 'app' }, ['a2']],
    ['session', { session_id: 's-3' }, ['a3']],
    ['tag', { tag: 'team:blue' }, ['a1']],
    ['tag, whatever its case', { tag: 'Team:blue' }, ['a1']],
    ['tag with a colon in its value', { tag: 'stage:test:1' }, ['a3']],
    ['least cost, which counts', { min_cost: '0.1' }, ['a2', 'a1']],
    ['most cost, which counts', { max_cost: '0.000000000001' }, ['a3', 'a4']],
    ['own id, whenever it was', { id: 'a5' }, ['a5']],
    ["client's request id", { id: 'mine-3' }, ['a3']],
    ["provider's id", { id: 'up-3' }, ['a3']],
    ['since, which counts', { since: iso(BEGIN + 1) }, ['a3', 'a2']],
    ['until, which does not, and then without end', { until: iso(BEGIN) }, ['a4', 'a5']],
    ['several at once', { api_key_id: 'key_2', outcome: 'completed' }, ['a3']],
  ])('can be narrowed by %s', async (_what, filter, expected) => {
    expect(await list(filter)).toEqual(expected);
  });

  it('can be narrowed by member, project and several tags', async () => {
    expect(await list({ member_id: a.members.developer.id })).toEqual(['a4']);
    expect(await list({ project_id: a.projectId })).toHaveLength(4);
    expect(await list({ project_id: b.projectId })).toEqual([]);
    const both = `${a.path}/requests?tag=team:red&tag=stage:test:1`;
    expect(await idsOf(a.as('owner'), both)).toEqual(['a3']);
    expect(await idsOf(a.as('owner'), both.replace('red', 'blue'))).toEqual([]);
  });

  it.each(['id', 'model', 'provider', 'source', 'session_id', 'error_code'])(
    'takes wildcards in %s for what they are',
    async (field) => {
      for (const text of ['%_%_%_%_%_%_%', '%', '_', 'a%', "' OR true --", '\\', '*'])
        expect([text, await list({ [field]: text })]).toEqual([text, []]);
    },
  );

  it('takes wildcards in tags for what they are', async () => {
    expect(await list({ tag: 'team:%' })).toEqual([]);
    expect(await list({ tag: '%_%_%:%' })).toEqual([]);
    expect(await list({ tag: '{team}:blue' })).toEqual([]);
  });

  it.each([
    ['cursor=nonsense', 'cursor'],
    [`cursor=${Buffer.from('["x","a1"]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('["2026-01-01T00:00:00.000Z"]').toString('base64url')}`, 'cursor'],
    ['color=red', 'color'],
    ['organization_id=org_1', 'organization_id'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['outcome=lost', 'outcome'],
    ['status=many', 'status'],
    ['since=yesterday', 'since'],
    ['since=2026-W10', 'since'],
    ['since=2026-01-01T09:30:00', 'since'],
    ['until=2026-W10-1', 'until'],
    ['model=a&model=b', 'model'],
    ['model=', 'model'],
    ['id=a%0Ab', 'id'],
    [`source=${'x'.repeat(257)}`, 'source'],
    ['api_key_id=prj_1', 'api_key_id'],
    ['member_id=1', 'member_id'],
    ['tag=blue', 'tag'],
    ['tag=team:bl%0Due', 'tag'],
    [Array.from({ length: 9 }, (_, at) => `tag=t${at}:x`).join('&'), 'tag'],
    ['min_cost=-1', 'min_cost'],
    ['min_cost=1e3', 'min_cost'],
    ['max_cost=0.0000000000001', 'max_cost'],
    ['max_cost=NaN', 'max_cost'],
  ])('refuses ?%s', async (filter, param) => {
    const { status, body } = await a.as('owner').get(`${a.path}/requests?${filter}`);
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });
});

describe('a search that takes too long', () => {
  it('is ended, and says what to do', async () => {
    const blocking = api.rows.query(
      'DO $$ BEGIN LOCK TABLE request_log IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(2); END $$',
    );
    await until(async () => {
      const locks = await api.rows.query(
        `SELECT FROM pg_locks WHERE relation = 'request_log'::regclass AND mode = 'AccessExclusiveLock' AND granted`,
      );
      return locks.length > 0;
    }, 'the lock');
    for (const path of ['requests', 'requests/export', 'usage?group_by=key']) {
      const { status, body, headers } = await a.as('owner').get(`${a.path}/${path}`);
      expect([path, status, body.error.code]).toEqual([path, 503, 'overloaded']);
      expect(body.error.message).toContain('Narrow it by since, until');
      expect(headers.get('x-should-retry')).toBe('false');
    }
    await blocking;
  });
});

describe('one request', () => {
  it('has what the list has, and its cost lines', async () => {
    const { body } = await a.as('developer').get(`${a.path}/requests/a3`);
    const { revisions, ...rest } = body;
    const listed = await a.as('developer').get(`${a.path}/requests?id=a3`);
    expect(listed.body.data).toEqual([rest]);
    expect(rest).toMatchObject({
      object: 'request',
      id: 'a3',
      organization_id: a.id,
      member_id: null,
      cost_usd: '0.000000000001',
      cost_basis: 'final',
      attempts: [{ provider: 'openai', status: 200, reason: 'ok' }],
      tags: { team: 'red', stage: 'test:1' },
      started_at: iso(BEGIN + 1),
    });
    expect(revisions).toEqual([
      {
        revision: 1,
        rank: 'final',
        units: { promptTokens: 10 },
        cost_lines: [{ meter: 'input', quantity: 10, amount: '0.000000000001' }],
        amount: '0.000000000001',
        charged: true,
        price_version_id: null,
        recorded_at: expect.any(String),
      },
    ]);
  });

  it.each(['a9', 'b1', '%', 'tx_osm_00000000000000000000000000'])(
    'is 404 where there is none in the organization: %s',
    async (id) => {
      const found = await a.as('owner').get(`${a.path}/requests/${encodeURIComponent(id)}`);
      expect(verdictOf(found)).toBe('404 resource_not_found');
    },
  );
});
