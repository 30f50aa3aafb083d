import type pg from 'pg';
import type { Quota } from '../../src/billing/quota/limit.js';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import type { ModelKind } from './lease-model.js';

/** A quota as Postgres has it. */
export interface QuotaRow {
  readonly kind: ModelKind;
  readonly cap: bigint;
  readonly spent: bigint;
  readonly leased: bigint;
  /** The sum of its leases and pending holds. */
  readonly leases: bigint;
}

/** Makes an organization with these quotas. */
export async function insertQuotas(
  database: pg.Client,
  organization: string,
  quotas: readonly (Quota & { readonly kind: ModelKind })[],
  caps: Record<ModelKind, bigint>,
): Promise<void> {
  await database.query('INSERT INTO organization (id, name) VALUES ($1, $1)', [organization]);
  for (const { id, kind, window } of quotas) {
    await database.query(
      `INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window")
       VALUES ($1, $2, 'organization', $2, $3, $4, $5)`,
      [id, organization, kind, formatUsd(caps[kind]), window],
    );
  }
}

/** The quotas of an organization. */
export async function readQuotas(database: pg.Client, organization: string): Promise<QuotaRow[]> {
  const { rows } = await database.query<Record<keyof QuotaRow, string>>(
    `SELECT kind, cap::text, spent::text, leased::text, (
       coalesce((SELECT sum(granted) FROM lease WHERE quota_id = id AND lease.period = quota.period), 0)
       + coalesce((SELECT sum(amount) FROM pending_hold WHERE quota_id = id), 0))::text AS leases
     FROM quota WHERE organization_id = $1`,
    [organization],
  );
  return rows.map(({ kind, cap, spent, leased, leases }) => ({
    kind: kind as ModelKind,
    cap: parseUsd(cap),
    spent: parseUsd(spent),
    leased: parseUsd(leased),
    leases: parseUsd(leases),
  }));
}

/** Posts a better figure of a call. Whoever tells it twice is not heard the second time. */
export async function postFigure(database: pg.Client, id: string, cost: bigint): Promise<void> {
  const amount = formatUsd(cost);
  const figure = { rank: 'final', units: {}, lines: [], amount, providerCost: amount };
  for (let times = 0; times < 2; times++)
    await database.query('SELECT true_up($1, $2::jsonb)', [id, JSON.stringify(figure)]);
}

/** Credits an organization once, told twice. */
export async function postTopUp(
  database: pg.Client,
  organization: string,
  usd: bigint,
): Promise<void> {
  const lines = [
    { account: `wallet:${organization}`, amount: formatUsd(usd) },
    { account: 'top_up_clearing', amount: formatUsd(-usd) },
  ];
  const source = nextUlid();
  for (let times = 0; times < 2; times++)
    await database.query(`SELECT commit_transaction($1, 'top_up', $2, 1, $3, now(), $4::jsonb)`, [
      `lt_${source}`,
      source,
      organization,
      JSON.stringify(lines),
    ]);
}

/** Refunds a part of a call; false where that is more than was charged. */
export async function postRefund(database: pg.Client, id: string, usd: bigint): Promise<boolean> {
  const { rows } = await database.query<{ refund: { state: string } }>(
    'SELECT refund_call($1, $2, $3, now()) AS refund',
    [nextUlid(), id, formatUsd(usd)],
  );
  return rows[0]?.refund.state === 'refunded';
}
