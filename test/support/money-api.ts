import { randomUUID } from 'node:crypto';
import { MoneyAdminModule } from '../../src/billing/wallets/money-admin.module.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { startAdminApi, type AdminApi, type TestOrganization } from './admin.js';
import type { AdminAnswer, AdminClient } from './admin-caller.js';
import { chargeOf, closeOf, identityOf } from './journal.js';
import type { Rows } from './tenant.js';

/** The admin API with all that it knows of money. */
export function startMoneyApi(): Promise<AdminApi> {
  return startAdminApi({ more: [MoneyAdminModule] });
}

/** A header that no request was sent with before. */
export function newKey(): { 'idempotency-key': string } {
  return { 'idempotency-key': randomUUID() };
}

/** Moves money of an organization, with a new Idempotency-Key where none is given. */
export function move(
  client: AdminClient,
  { path }: TestOrganization,
  kind: 'top-ups' | 'promotions' | 'adjustments' | 'refunds',
  body: object,
  headers: Readonly<Record<string, string>> = newKey(),
): Promise<AdminAnswer> {
  return client.post(`${path}/wallet/${kind}`, body, headers);
}

/** Posts a call that cost this much decimal USD, with nothing set aside; gives its id. */
export async function postCall(
  rows: Rows,
  { id, projectId }: TestOrganization,
  amount: string,
  more: Parameters<typeof identityOf>[0] = {},
): Promise<string> {
  const call = `tx_osm_${nextUlid()}`;
  const identity = identityOf({ organization: id, project: projectId, ...more });
  const close = closeOf(call, amount, { identity, charge: chargeOf(amount) });
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify([close])]);
  return call;
}

/** All that a test must find unchanged where nothing may have happened. */
export async function booksOf(rows: Rows, { id }: TestOrganization): Promise<unknown> {
  return rows.query(
    `SELECT (SELECT count(*) FROM ledger_transaction WHERE organization_id = $1) AS transactions,
       (SELECT count(*) FROM wallet_movement WHERE organization_id = $1) AS movements,
       (SELECT count(*) FROM audit_entry WHERE organization_id = $1) AS audited,
       (SELECT coalesce(jsonb_agg(to_jsonb(quota) ORDER BY id), '[]') FROM quota WHERE organization_id = $1) AS quotas`,
    [id],
  );
}
