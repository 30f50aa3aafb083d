import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminClient } from '../support/admin-caller.js';
import { logRequests, type LoggedRequest } from '../support/request-log.js';
import { BEGIN, DAY, iso, startRequestsApi } from '../support/requests-api.js';

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;

/** Four calls of a, an old one, and one of b. */
beforeAll(async () => {
  ({ api, a, b } = await startRequestsApi());
  const ofA = (key: string, startedAt: number, cost: string, more: LoggedRequest = {}) => ({
    organization_id: a.id,
    project_id: a.projectId,
    api_key_id: key,
    started_at: iso(startedAt),
    cost,
    ...more,
  });
  await logRequests(api.rows, [
    ofA('key_1', BEGIN, '0.1'),
    ofA('key_1', BEGIN + 1, '0.2'),
    ofA('key_2', BEGIN + 1, '0.000000000001', { model_id: 'n', provider_id: 'groq' }),
    ofA('key_2', BEGIN - DAY, '0', { model_id: 'n', member_id: a.members.developer.id }),
    ofA('key_1', BEGIN - 40 * DAY, '1'),
    { organization_id: b.id, api_key_id: 'key_9', started_at: iso(BEGIN), cost: '7' },
  ]);
});
afterAll(() => api.close());

describe('usage', () => {
  const report = async (client: AdminClient, path: string) => (await client.get(path)).body.data;
  const group = (field: string, value: string | null, count: number, cost_usd: string) => ({
    [field]: value,
    requests: count,
    prompt_tokens: count * 10,
    completion_tokens: count * 5,
    cost_usd,
  });
  const day = (ms: number) => iso(ms).slice(0, 10);

  it('adds up exactly, by each of its groups, over the last 31 days', async () => {
    const by = (name: string) => report(a.as('billing'), `${a.path}/usage?group_by=${name}`);
    expect(await by('key')).toEqual([
      group('key', 'key_1', 2, '0.3'),
      group('key', 'key_2', 2, '0.000000000001'),
    ]);
    expect(await by('model')).toEqual([
      group('model', 'm', 2, '0.3'),
      group('model', 'n', 2, '0.000000000001'),
    ]);
    expect(await by('provider')).toEqual([
      group('provider', 'groq', 1, '0.000000000001'),
      group('provider', 'openai', 3, '0.3'),
    ]);
    expect(await by('project')).toEqual([group('project', a.projectId, 4, '0.300000000001')]);
    expect(await by('member')).toEqual([
      group('member', a.members.developer.id, 1, '0'),
      group('member', null, 3, '0.300000000001'),
    ]);
    expect(await by('day')).toEqual([
      group('day', day(BEGIN - DAY), 1, '0'),
      group('day', day(BEGIN), 1, '0.1'),
      group('day', day(BEGIN + 1), 2, '0.200000000001'),
    ]);
    expect(await by('hour')).toEqual([
      group('hour', `${day(BEGIN - DAY)}T23:00:00Z`, 1, '0'),
      group('hour', `${day(BEGIN)}T23:00:00Z`, 1, '0.1'),
      group('hour', `${day(BEGIN + 1)}T00:00:00Z`, 2, '0.200000000001'),
    ]);
  });

  it('is bounded by since and until as the list is, and of all organizations for operators', async () => {
    const bounds = `since=${iso(BEGIN)}&until=${iso(BEGIN + 1)}`;
    expect(await report(api.operator, `/admin/v1/usage?group_by=key&${bounds}`)).toEqual([
      group('key', 'key_1', 1, '0.1'),
      group('key', 'key_9', 1, '7'),
    ]);
    const narrowed = `/admin/v1/usage?group_by=key&organization_id=${b.id}`;
    expect(await report(api.operator, narrowed)).toEqual([group('key', 'key_9', 1, '7')]);
    expect(verdictOf(await a.as('owner').get('/admin/v1/usage?group_by=key'))).toBe(
      '403 role_not_allowed',
    );
  });

  it.each([
    ['', 'group_by'],
    ['group_by=color', 'group_by'],
    ['group_by=__proto__', 'group_by'],
    ['group_by=key&since=2026-W10', 'since'],
    ['group_by=key&until=2026-01-01T09:30', 'until'],
    ['group_by=key&limit=1', 'limit'],
    ['group_by=key&organization_id=org_1', 'organization_id'],
  ])('refuses ?%s', async (filter, param) => {
    const { status, body } = await a.as('owner').get(`${a.path}/usage?${filter}`);
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });
});
