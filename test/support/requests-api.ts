import { expect } from '@jest/globals';
import { RequestsModule } from '../../src/billing/requests/requests.module.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { startAdminApi, type AdminApi, type TestOrganization } from './admin.js';
import type { AdminClient } from './admin-caller.js';
import { logRequests, type LoggedRequest } from './request-log.js';
import { takeSecondWallDown } from './tenant-rows.js';

export const DAY = 86_400_000;
/** Yesterday at 23:59:59.999 UTC, so that a day is told by UTC and by nothing else. */
export const BEGIN = Math.floor(Date.now() / DAY) * DAY - 1;
export const iso = (ms: number): string => new Date(ms).toISOString();

/** The admin API of the request log, and two organizations. */
export interface RequestsApi {
  readonly api: AdminApi;
  readonly a: TestOrganization;
  readonly b: TestOrganization;
}

/** Starts one with an empty log and without the second wall: who may see what is up to the code alone. */
export async function startRequestsApi(
  environment: Readonly<Record<string, string>> = {},
): Promise<RequestsApi> {
  const api = await startAdminApi({
    more: [HealthModule, TelemetryModule, RequestsModule],
    environment,
  });
  await takeSecondWallDown(api.rows);
  const a = await api.makeOrganization('a');
  return { api, a, b: await api.makeOrganization('b') };
}

/** Starts one whose log has five calls of a, of which two began together, one of which is old, and one of b. */
export async function startWithSixRequests(): Promise<RequestsApi> {
  const started = await startRequestsApi({ SEARCH_TIMEOUT_MS: '400' });
  const { api } = started;
  await logRequests(api.rows, sixRequests(started));
  await api.rows.query(
    `INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, units, cost_lines, amount,
       provider_cost, charged, rank, occurred_at)
     SELECT call_id, 1, organization_id, project_id, api_key_id, '{"promptTokens": 10}', jsonb_build_array(
         jsonb_build_object('meter', 'input', 'quantity', 10, 'amount', trim_scale(cost)::text)),
       cost, 0, true, cost_basis, started_at
     FROM request_log`,
  );
  return started;
}

function sixRequests({ a, b }: RequestsApi): LoggedRequest[] {
  const of = (organization: TestOrganization, call: string, more: LoggedRequest) => ({
    call_id: call,
    organization_id: organization.id,
    project_id: organization.projectId,
    ...more,
  });
  const begin = iso(BEGIN);
  return [
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
  ];
}

/** The ids of a list, which is expected to be given. */
export async function idsOf(client: AdminClient, path: string): Promise<string[]> {
  const { status, body } = await client.get(path);
  expect([path, status]).toEqual([path, 200]);
  return body.data.map((row: { id: string }) => row.id);
}
