import { setTimeout as sleep } from 'node:timers/promises';
import { formatUsd } from '../../../src/core/money.js';
import { creditLeft } from '../books.js';
import { conclude } from '../conclude.js';
import { PAUSE_POINTS, stopAt, type Paused } from '../pause-points.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';
import { WaveCaller } from '../wave-caller.js';

const LEASE_MS = 60_000;
const RELEASE_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 250;
/** Calls that wait for a process when it goes on. */
const WAITING = 20;
const OTHERS = 2;

/**
 * Processes are stopped, each at another point of its calls, until their leases have run out and others have spent the
 * money; then they go on, with calls that were begun and calls that wait. Nothing is spent twice.
 */
export async function pause(stage: Stage, { seed, short, say }: Order): Promise<Outcome> {
  const fleet = await stage.startFleet('pause', { mains: PAUSE_POINTS.length + OTHERS });
  const others = fleet.mains.slice(PAUSE_POINTS.length);
  const tenant = await stage.createTenant(short ? '0.3' : '1');
  const caller = new WaveCaller('pause', seed, [tenant]);
  await caller.wave(fleet.mains, 2 * fleet.mains.length);
  const paused: Paused[] = [];
  for (const [at, point] of PAUSE_POINTS.entries()) {
    const main = fleet.mains[at];
    if (main) paused.push(await stopAt(stage, fleet.journalRoot, caller, main, point));
  }
  say(`pause: ${paused.length} processes are stopped`);
  await sleep(LEASE_MS);
  const fenced = await waitUntilFenced(stage, paused.length);
  await caller.exhaust(others);
  const waiting = paused.map(({ main }) => caller.wave([main], WAITING));
  await sleep(LOOK_EVERY_MS);
  for (const { main } of paused) main.thaw();
  await Promise.all([...paused.map(({ calls }) => calls), ...waiting]);
  await caller.exhaust(others);
  const { outcome } = await conclude(stage, fleet, caller.seen, 'pause-', [tenant]);
  const left = await creditLeft(stage.database, tenant);
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...(fenced < paused.length ? [`${fenced} of ${paused.length} leases were taken back`] : []),
      ...PAUSE_POINTS.flatMap(({ name }, at) =>
        paused[at]?.at ? [] : [`no call was stopped at the point: ${name}`],
      ),
      ...(left < 0n ? [`${formatUsd(-left)} USD more than there was are spent`] : []),
    ],
    facts: {
      ...outcome.facts,
      'left µUSD': Number(left / 1_000_000n),
      fenced,
      ...Object.fromEntries(
        PAUSE_POINTS.map(({ name }, at) => [`stopped: ${name}`, paused[at]?.at ?? 0]),
      ),
    },
  };
}

/** How many processes are fenced when that many are, or when the time is up. */
async function waitUntilFenced(stage: Stage, wanted: number): Promise<number> {
  const deadline = performance.now() + RELEASE_LIMIT_MS;
  for (;;) {
    const { rows } = await stage.database.query<{ count: string }>(
      `SELECT count(*)::text AS count FROM process WHERE state = 'fenced'`,
    );
    const fenced = Number(rows[0]?.count);
    if (fenced >= wanted || performance.now() > deadline) return fenced;
    await sleep(LOOK_EVERY_MS);
  }
}
