import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reportTerms } from '../../src/billing/reports/report-terms.js';
import { ReportsModule } from '../../src/billing/reports/reports.module.js';
import { UsageTotalsService } from '../../src/billing/reports/usage-totals.service.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { postCall } from '../support/money-api.js';

const WINDOW = 'since=2026-01-01&until=2026-02-01';
const NOW = new Date('2026-02-01T00:00:00Z');

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;

beforeAll(async () => {
  api = await startAdminApi({ more: [ReportsModule], rowSecurity: false });
  a = await api.makeOrganization('a');
  b = await api.makeOrganization('b');
  for (const source of ['=HYPERLINK("x")', ' =1', 'web', null])
    await postCall(api.rows, a, '0.5', { source });
  await postCall(api.rows, b, '3');
});
afterAll(() => api.close());

const csv = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${a.members.billing.token}`, ...headers },
  });

describe('a usage report as CSV', () => {
  const path = () => `${a.path}/reports/usage?${WINDOW}&group_by=source&group_by=day`;
  const lines = [
    'source,day,requests,prompt_tokens,cached_tokens,completion_tokens,reasoning_tokens,charged,own_credentials_cost',
    ',2026-01-02,1,10,0,5,0,0.5,0',
    `' =1,2026-01-02,1,10,0,5,0,0.5,0`,
    `"'=HYPERLINK(""x"")",2026-01-02,1,10,0,5,0,0.5,0`,
    'web,2026-01-02,1,10,0,5,0,0.5,0',
    '',
  ];

  it('is what Accept or format ask for, and holds no formula', async () => {
    const answers = [
      await csv(path(), { accept: 'text/csv' }),
      await csv(`${path()}&format=csv`, { accept: 'application/json' }),
    ];
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
      expect(answer.headers.get('content-disposition')).toBe('attachment; filename="usage.csv"');
      expect(await answer.text()).toBe(lines.join('\r\n'));
    }
    const json = await csv(`${path()}&format=json`, { accept: 'text/csv' });
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(((await json.json()) as { data: unknown[] }).data).toHaveLength(4);
  });

  it('goes on after the last group of a batch, whatever its keys are', async () => {
    const totals = api.app.get(UsageTotalsService);
    const groups = ['source', 'day', 'hour'];
    const terms = reportTerms({ since: '2026-01-01', until: '2026-02-01', group_by: groups }, NOW);
    const found: (string | undefined)[] = [];
    let after: readonly string[] | undefined;
    for (;;) {
      const [row, ...more] = await totals.read(a.id, terms, 1, after);
      expect(more).toEqual([]);
      if (!row) break;
      found.push(row.keys[0]);
      after = row.keys;
    }
    expect(found).toEqual(['', ' =1', '=HYPERLINK("x")', 'web']);
  });

  it('that is refused is an error in JSON', async () => {
    const answer = await csv(`${a.path}/reports/usage?format=csv&since=2026-01-01T00:01:00Z`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param: 'since' } });
  });
});

describe('reports', () => {
  it.each([
    ['group_by=color', 'group_by'],
    ['group_by=organization', 'group_by'],
    ['group_by=__proto__', 'group_by'],
    ['group_by=model&group_by=model', 'group_by'],
    ['group_by=model&group_by=day&group_by=hour&group_by=source', 'group_by'],
    ['group_by=tag:', 'group_by'],
    ['group_by=tag:a&group_by=model', 'group_by'],
    ['group_by=day&time_zone=Mars/Base', 'time_zone'],
    ['group_by=day&time_zone=Asia/Kolkata', 'time_zone'],
    ['time_zone=Europe/Berlin', 'time_zone'],
    ['since=2026-01-01T00:30:00Z', 'since'],
    ['since=2026-01-01T00:00:00', 'since'],
    ['until=2026-02-30', 'until'],
    ['since=2026-02-01&until=2026-01-01', 'since'],
    ['tag=team', 'tag'],
    ['organization_id=org_1', 'organization_id'],
    ['format=xml', 'format'],
    ['limit=1', 'limit'],
  ])('refuse ?%s', async (query, param) => {
    const { status, body } = await a.as('owner').get(`${a.path}/reports/usage?${query}`);
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });

  it('are for who reads money, of this organization; what providers ask is for operators', async () => {
    const path = `${a.path}/reports/usage?${WINDOW}`;
    for (const role of ['owner', 'admin', 'billing', 'viewer'] as const) {
      const { body } = await a.as(role).get(path);
      expect(body.total).toMatchObject({ requests: 4, charged: '2' });
      expect(JSON.stringify(body)).not.toMatch(/provider_cost|list_cost/);
    }
    const { body } = await api.operator.get(path);
    expect(body.total).toMatchObject({ charged: '2', provider_cost: '2', list_cost: '2' });
    expect(verdictOf(await a.as('developer').get(path))).toBe('403 role_not_allowed');
    expect(verdictOf(await b.as('owner').get(path))).toBe('404 resource_not_found');
    expect(verdictOf(await a.as('owner').get('/admin/v1/reports/usage'))).toBe(
      '403 role_not_allowed',
    );
    const statement = await a.as('developer').get(`${a.path}/statements/2026-01`);
    expect(verdictOf(statement)).toBe('403 role_not_allowed');
  });
});
