import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';
import type { TestTenant } from '../support/paying-tenant.js';

/** An estimate whose job is lost is queued again within a minute and a half. */
const LOOKED_AT_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** How many estimates nobody has looked at. */
export async function openEstimates(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ open: string }>(
    `SELECT count(*)::text AS open FROM usage_event WHERE rank = 'estimate' AND reconciled_at IS NULL`,
  );
  return Number(rows[0]?.open);
}

/** Waits until every estimate was looked at; gives how many are still open when the time is up. */
export async function settledEstimates(database: pg.Pool): Promise<number> {
  const deadline = performance.now() + LOOKED_AT_LIMIT_MS;
  for (;;) {
    const open = await openEstimates(database);
    if (open === 0 || performance.now() > deadline) return open;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Calls whose provider could be asked, and that are estimates nevertheless. */
export async function strandedEstimates(database: pg.Pool): Promise<readonly string[]> {
  const { rows } = await database.query<{ call_id: string }>(
    `SELECT call_id FROM usage_event AS e WHERE rank = 'estimate' AND upstream_id IS NOT NULL
       AND credential_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM usage_event AS b WHERE b.call_id = e.call_id AND b.revision > e.revision)`,
  );
  return rows.map((row) => row.call_id);
}

/** Where a wallet stands. */
export interface Standing {
  readonly id: string;
  /** Down to its limit; below zero where it is overdrawn. */
  readonly left: PicoUsd;
  /** Set aside for the better figures of estimates. */
  readonly held: PicoUsd;
  readonly overruns: number;
}

/** The wallets of organizations, in their order. */
export async function standingsOf(
  database: pg.Pool,
  tenants: readonly TestTenant[],
): Promise<readonly Standing[]> {
  const { rows } = await database.query<Record<string, string>>(
    `SELECT id, trim_scale(cap + credit_limit - spent)::text AS left,
       (SELECT trim_scale(coalesce(sum(amount), 0))::text FROM pending_hold WHERE quota_id = quota.id) AS held,
       (SELECT count(*)::text FROM overrun WHERE quota_id = quota.id) AS overruns
     FROM unnest($1::text[]) WITH ORDINALITY AS wanted(organization, place)
       JOIN quota ON quota.id = 'credit:' || organization ORDER BY place`,
    [tenants.map(({ organizationId }) => organizationId)],
  );
  return rows.map(({ id = '', left = '', held = '', overruns }) => ({
    id,
    left: parseUsd(left),
    held: parseUsd(held),
    overruns: Number(overruns),
  }));
}
