import { nextUlid } from '../../src/platform/ulid.adapter.js';
import type { Rows } from './tenant.js';

/** A row of the request log, by its columns. */
export type LoggedRequest = Readonly<Record<string, unknown>>;

/** What a test does not say of a request. */
function defaults(): LoggedRequest {
  return {
    call_id: `tx_osm_${nextUlid()}`,
    organization_id: 'org_1',
    project_id: 'prj_1',
    api_key_id: 'key_1',
    member_id: null,
    endpoint: 'chat.completions',
    stream: false,
    requested_model: 'm',
    requested_provider: null,
    model_id: 'm',
    provider_id: 'openai',
    upstream_model: 'm-native',
    upstream_id: null,
    outcome: 'completed',
    status: 200,
    error_code: null,
    finish_reason: 'stop',
    prompt_tokens: 10,
    completion_tokens: 5,
    cached_tokens: null,
    reasoning_tokens: null,
    cost: '0.001',
    cost_basis: 'final',
    attempts: [{ provider: 'openai', status: 200, reason: 'ok' }],
    duration_ms: 12,
    time_to_first_token_ms: null,
    source: null,
    session_id: null,
    client_request_id: null,
    tags: {},
    started_at: new Date(),
  };
}

/** Logs requests as the poster does: a row each. Gives their ids. */
export async function logRequests(
  rows: Rows,
  requests: readonly LoggedRequest[],
): Promise<string[]> {
  const full = requests.map((request) => ({ ...defaults(), ...request }));
  await rows.query(
    'INSERT INTO request_log SELECT * FROM jsonb_populate_recordset(NULL::request_log, $1::jsonb)',
    [JSON.stringify(full)],
  );
  return full.map((request) => String(request['call_id']));
}
