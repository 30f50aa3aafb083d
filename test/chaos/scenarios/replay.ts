import { cpSync, rmSync } from 'node:fs';
import type pg from 'pg';
import { billTwice } from '../bill-twice.js';
import { conclude } from '../conclude.js';
import { settledEstimates } from '../estimates.js';
import type { Fleet } from '../fleet.js';
import { jobsAtOnce } from '../jobs-at-once.js';
import { changedTables, ledgerDigest } from '../ledger-digest.js';
import { Load } from '../load.js';
import { Random } from '../random.js';
import type { Order, Outcome } from '../result.js';
import { closesIn, postShuffled } from '../shuffled-closes.js';
import type { Stage } from '../stage.js';

const REPLAYS = 3;

/**
 * Each job is run twice at once, journals that were posted come back three times, and their calls in batches of any order:
 * the books stay as they are, to the last byte.
 */
export async function replay(stage: Stage, order: Order): Promise<Outcome> {
  const { seed } = order;
  const { database } = stage;
  const fleet = await stage.startFleet('replay');
  const seen = await makeCalls(fleet, order);
  const copy = `${fleet.journalRoot}-copy`;
  cpSync(fleet.journalRoot, copy, { recursive: true, filter: (name) => !name.endsWith('.sock') });
  await fleet.restartWorker();
  // As long as this worker runs: jobs of one that ends come again after half a minute.
  await fleet.posted();
  const open = await settledEstimates(database);
  const { outcome } = await conclude(stage, fleet, seen, `replay-${seed}-`);
  const billed = await billTwice(stage, copy);
  const before = await ledgerDigest(database);
  const problems = [...billed];
  const unchanged = async (what: string): Promise<void> => {
    const changed = changedTables(before, await ledgerDigest(database));
    problems.push(...changed.map((table) => `${what} changed ${table}`));
  };
  const jobs = await runJobs(stage, fleet);
  problems.push(...jobs.problems);
  await unchanged('jobs run twice at once');
  const closes = closesIn(copy);
  for (let time = 1; time <= REPLAYS; time++) {
    await postShuffled(database, closes, new Random(seed, `shuffle ${time}`));
    await unchanged(`posting in order ${time}`);
    const unposted = await replayOnce(fleet, copy);
    problems.push(...unposted.map((name) => `replay ${time} left journal ${name}`));
    await unchanged(`replay ${time}`);
  }
  if (outcome.cut === 0) problems.push('no call was cut off, so no estimate was replayed');
  if (open > 0) problems.push(`${open} estimates were looked at by nobody`);
  return {
    ...outcome,
    problems: [...outcome.problems, ...problems],
    facts: { ...outcome.facts, 'closes posted again': closes.length, 'jobs at once': jobs.done },
  };
}

async function makeCalls(fleet: Fleet, { seed, short }: Order) {
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
  return seen;
}

/** The jobs of the worker, by two workers. */
async function runJobs({ database, postgres }: Stage, fleet: Fleet) {
  await fleet.restartWorker();
  const second = await fleet.secondWorker();
  const done = await jobsAtOnce(database, postgres.appUrl, await estimatesOf(database, fleet));
  await Promise.all([second.stop(), fleet.worker.stop()]);
  return done;
}

async function estimatesOf(database: pg.Pool, { tenant }: Fleet): Promise<string[]> {
  const { rows } = await database.query<{ call_id: string }>(
    `SELECT call_id FROM usage_event WHERE rank = 'estimate' AND organization_id = $1 LIMIT 200`,
    [tenant.organizationId],
  );
  return rows.map((row) => row.call_id);
}

async function replayOnce(fleet: Fleet, copy: string): Promise<readonly string[]> {
  rmSync(fleet.journalRoot, { recursive: true, force: true });
  cpSync(copy, fleet.journalRoot, { recursive: true });
  await fleet.restartWorker();
  return fleet.drain();
}
