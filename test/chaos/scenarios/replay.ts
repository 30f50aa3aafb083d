import { createHash } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { conclude } from '../conclude.js';
import type { Fleet } from '../fleet.js';
import { Load } from '../load.js';
import { Random } from '../random.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

const REPLAYS = 3;
/** An estimate whose job is lost is queued again within a minute and a half. */
const ESTIMATES_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** What a replay may not change: all that is booked, in the order of its keys. */
const LEDGER: Readonly<Record<string, string>> = {
  ledger_transaction: 'id',
  posting: 'transaction_id, line',
  usage_event: 'call_id, revision',
  request_log: 'call_id',
  quota: 'id',
  pending_hold: 'call_id, quota_id',
  overrun: 'id',
  usage_hourly: 'organization_id, hour, api_key_id, provider_id, model_id, source',
};

/** Journals that were posted come back three times: the books stay as they are, to the last byte. */
export async function replay(stage: Stage, order: Order): Promise<Outcome> {
  const { seed, short } = order;
  const fleet = await stage.startFleet('replay');
  await fleet.worker.stop();
  const load = new Load(fleet, {
    scenario: 'replay',
    seed,
    clients: 20,
    calls: short ? 120 : 2_000,
    mix: { streams: 0.8, shortest: 200, longest: 800 },
  });
  while (load.seen.length < (short ? 40 : 700)) await load.next();
  await new Random(seed, 'replay').pick(fleet.mains).kill();
  const seen = await load.finished();
  await fleet.stopMains();
  const copy = `${fleet.journalRoot}-copy`;
  cpSync(fleet.journalRoot, copy, { recursive: true, filter: (name) => !name.endsWith('.sock') });
  await fleet.restartWorker();
  // As long as this worker runs: jobs of one that ends come again after half a minute.
  await fleet.posted();
  const open = await settleEstimates(stage.database);
  const { outcome } = await conclude(stage, fleet, seen, `replay-${seed}-`);
  const before = await ledgerOf(stage.database);
  const problems = open > 0 ? [`${open} estimates were looked at by nobody`] : [];
  for (let time = 1; time <= REPLAYS; time++) {
    const unposted = await replayOnce(fleet, copy);
    const changed = differences(before, await ledgerOf(stage.database));
    problems.push(
      ...unposted.map((name) => `replay ${time} left journal ${name}`),
      ...changed.map((table) => `replay ${time} changed ${table}`),
    );
  }
  if (outcome.cut === 0) problems.push('no call was cut off, so no estimate was replayed');
  return { ...outcome, problems: [...outcome.problems, ...problems] };
}

/** What estimates have set aside is given back before the books are compared. @returns how many are still open */
async function settleEstimates(database: pg.Pool): Promise<number> {
  const deadline = performance.now() + ESTIMATES_LIMIT_MS;
  for (;;) {
    const { rows } = await database.query<{ open: string }>(
      `SELECT count(*)::text AS open FROM usage_event WHERE rank = 'estimate' AND reconciled_at IS NULL`,
    );
    const open = Number(rows[0]?.open);
    if (open === 0 || performance.now() > deadline) return open;
    await sleep(LOOK_EVERY_MS);
  }
}

async function replayOnce(fleet: Fleet, copy: string): Promise<readonly string[]> {
  rmSync(fleet.journalRoot, { recursive: true, force: true });
  cpSync(copy, fleet.journalRoot, { recursive: true });
  await fleet.restartWorker();
  return fleet.drain();
}

/** A digest of each table. */
async function ledgerOf(database: pg.Pool): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const [table, order] of Object.entries(LEDGER)) {
    const { rows } = await database.query<{ line: string }>(
      `SELECT row_to_json(${table})::text AS line FROM ${table} ORDER BY ${order}`,
    );
    const lines = rows.map(({ line }) => line).join('\n');
    digests.set(table, createHash('sha256').update(lines).digest('hex'));
  }
  return digests;
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...before].flatMap(([table, digest]) => (after.get(table) === digest ? [] : [table]));
}
