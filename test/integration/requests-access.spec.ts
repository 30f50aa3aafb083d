import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestsModule } from '../../src/billing/requests/requests.module.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminClient } from '../support/admin-caller.js';
import { logRequests, type LoggedRequest } from '../support/request-log.js';
import { takeSecondWallDown } from '../support/tenant-rows.js';

const DAY = 86_400_000;
/** Yesterday at 23:59:59.999 UTC, so that a day is told by UTC and by nothing else. */
const BEGIN = Math.floor(Date.now() / DAY) * DAY - 1;
const iso = (ms: number) => new Date(ms).toISOString();

let api: AdminApi;
let a: TestOrganization;
let b: TestOrganization;

/** Five calls of a, of which two began together, one of which is old, and one of b. */
beforeAll(async () => {
  api = await startAdminApi({
    more: [HealthModule, TelemetryModule, RequestsModule],
    environment: { SEARCH_TIMEOUT_MS: '400' },
  });
  await takeSecondWallDown(api.rows);
  a = await api.makeOrganization('a');
  b = await api.makeOrganization('b');
  const of = (organization: TestOrganization, call: string, more: LoggedRequest) => ({
    call_id: call,
    organization_id: organization.id,
    project_id: organization.projectId,
    ...more,
  });
  const begin = iso(BEGIN);
  await logRequests(api.rows, [
    of(a, 'a1', { api_key_id: 'key_1', started_at: begin, cost: '0.1', tags: { team: 'blue' } }),
    of(a, 'a2', { api_key_id: 'key_1', started_at: iso(BEGIN + 1), cost: '0.2', source: 'app' }),
    of(a, 'a3', {
      api_key_id: 'key_2',
      model_id: 'n',
      provider_id: 'groq',
      started_at: iso(BEGIN + 1),
      cost: '0.000000000001',
      tags: { team: 'red', stage: 'test:1' },
      client_request_id: 'mine-3',
      upstream_id: 'up-3',
      session_id: 's-3',
    }),
    of(a, 'a4', {
      api_key_id: 'key_2',
      model_id: 'n',
      member_id: a.members.developer.id,
      started_at: iso(BEGIN - DAY),
      cost: '0',
      outcome: 'failed',
      status: 502,
      error_code: 'upstream_error',
    }),
    of(a, 'a5', { api_key_id: 'key_1', started_at: iso(BEGIN - 40 * DAY), cost: '1' }),
    of(b, 'b1', { api_key_id: 'key_9', started_at: begin, cost: '7', source: 'app' }),
  ]);
  await api.rows.query(
    `INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, units, cost_lines, amount,
       provider_cost, charged, rank, occurred_at)
     VALUES ('a3', 1, $1, $2, 'key_2', '{"promptTokens": 10}',
       '[{"meter": "input", "quantity": 10, "amount": "0.000000000001"}]', 0.000000000001, 0, true, 'final', $3)`,
    [a.id, a.projectId, iso(BEGIN + 1)],
  );
});
afterAll(() => api.close());

/** The ids of a list. */
async function ids(client: AdminClient, path: string): Promise<string[]> {
  const { status, body } = await client.get(path);
  expect([path, status]).toEqual([path, 200]);
  return body.data.map((row: { id: string }) => row.id);
}

describe('the requests of all organizations', () => {
  it('are for operators, who may narrow them', async () => {
    const path = '/admin/v1/requests';
    expect(await ids(api.operator, path)).toEqual(['a3', 'a2', 'b1', 'a1', 'a4']);
    expect(await ids(api.operator, `${path}?organization_id=${b.id}`)).toEqual(['b1']);
    expect(await ids(api.operator, `${path}?source=app`)).toEqual(['a2', 'b1']);
    expect((await api.operator.get(`${path}/b1`)).body.organization_id).toBe(b.id);
    expect(verdictOf(await api.operator.get(`${path}/x`))).toBe('404 resource_not_found');
    expect(verdictOf(await a.as('owner').get(path))).toBe('403 role_not_allowed');
    expect(verdictOf(await a.as('owner').get(`${path}/a1`))).toBe('403 role_not_allowed');
  });
});

describe('who may read', () => {
  it('is as the roles say', async () => {
    const verdicts = async (path: string) =>
      Promise.all(
        (['owner', 'admin', 'developer', 'billing', 'viewer'] as const).map(async (role) => {
          const { status } = await a.as(role).get(`${a.path}${path}`);
          return status;
        }),
      );
    expect(await verdicts('/requests')).toEqual([200, 200, 200, 200, 200]);
    expect(await verdicts('/requests/a1')).toEqual([200, 200, 200, 200, 200]);
    expect(await verdicts('/requests/a1/body')).toEqual([404, 404, 404, 403, 403]);
    expect(await verdicts('/usage?group_by=key')).toEqual([200, 200, 403, 200, 200]);
  });

  it('is nobody of another organization', async () => {
    for (const path of [
      '/requests',
      '/requests/a1',
      '/requests/a1/body',
      '/requests/export',
      '/usage',
    ])
      expect(verdictOf(await b.as('owner').get(`${a.path}${path}`))).toBe('404 resource_not_found');
  });
});
