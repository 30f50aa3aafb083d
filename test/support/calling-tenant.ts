import type { ProjectMode } from '../../src/core/principal.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import type { AdminAnswer } from './admin-caller.js';
import type { Rows } from './tenant.js';

/** An organization without a cent, with a project and a key. */
export interface CallingTenant {
  readonly organizationId: string;
  readonly key: string;
}

/** Makes one whose project has this mode. */
export async function makeCallingTenant(rows: Rows, mode: ProjectMode): Promise<CallingTenant> {
  const mark = nextUlid();
  const { key, hash, prefix } = createKey('osm_');
  const organizationId = `org_${mark}`;
  await rows.query('INSERT INTO organization (id, name) VALUES ($1, $1)', [organizationId]);
  await rows.query(
    'INSERT INTO project (id, organization_id, name, mode) VALUES ($1, $2, $1, $3)',
    [`prj_${mark}`, organizationId, mode],
  );
  await rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
     VALUES ($1, $2, $3, 'test', $4, $5)`,
    [`key_${mark}`, organizationId, `prj_${mark}`, hash, prefix],
  );
  return { organizationId, key };
}

/** Asks a gateway for a chat completion with a key. */
export async function callChat(
  url: string,
  key: string,
  fields: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<AdminAnswer> {
  const messages = [{ role: 'user', content: 'Hello' }];
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages, max_tokens: 10, ...fields }),
  });
  const body: unknown = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, body };
}
