import { setTimeout as sleep } from 'node:timers/promises';
import { setKeyRate } from '../../support/paying-tenant.js';
import type { CallSeen } from '../call-sight.js';
import { conclude } from '../conclude.js';
import { Load } from '../load.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

const PER_MINUTE = 200;
const MINUTE_MS = 60_000;
const MINUTES = 3;
/** Fewer than this many seconds of a minute may not suffice to ask for all that it lets through. */
const LEAST_OF_A_MINUTE_MS = 30_000;

/** A key with a limit of requests per minute, asked for more by three processes: exactly so many in each minute. */
export async function rate(stage: Stage, { seed, short, say }: Order): Promise<Outcome> {
  if (short) return skipped('minutes have to pass; its short form is test/integration');
  const fleet = await stage.startFleet('rate', { mains: 3 });
  await setKeyRate(stage.database, fleet.tenant, PER_MINUTE);
  say(`rate: ${MINUTES} minutes at ${PER_MINUTE} requests per minute`);
  const startedAt = Date.now();
  const load = new Load(fleet, {
    scenario: 'rate',
    seed,
    clients: 15,
    mix: { streams: 0.5, shortest: 50, longest: 400 },
    pause: 100,
  });
  await sleep(MINUTES * MINUTE_MS);
  const endedAt = Date.now();
  const seen = await load.finish();
  const { outcome } = await conclude(stage, fleet, seen, `rate-${seed}-`);
  const admitted = await admittedOf(stage, fleet.tenant.apiKeyId);
  const faults = [...admitted].flatMap(([minute, count]) => {
    const from = Math.max(minute, startedAt);
    const asked = Math.min(minute + MINUTE_MS, endedAt) - from;
    const isRight = asked < LEAST_OF_A_MINUTE_MS ? count <= PER_MINUTE : count === PER_MINUTE;
    return isRight ? [] : [`${count} of ${PER_MINUTE} went through in a minute`];
  });
  return {
    ...outcome,
    problems: [...outcome.problems, ...faults, ...strangeEnds(seen)],
    facts: { ...outcome.facts, minutes: admitted.size },
  };
}

/** How many calls used the limit, by the minute that they belong to (ms since the epoch). */
async function admittedOf(stage: Stage, apiKeyId: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await stage.database.query<{ minute: string; count: string }>(
    `SELECT entry->>1 AS minute, count(*)::text AS count
     FROM usage_event, jsonb_array_elements(quotas) AS entry
     WHERE api_key_id = $1 AND entry->>0 = 'quo_requests_per_minute_' || $1 GROUP BY 1 ORDER BY 1`,
    [apiKeyId],
  );
  return new Map(rows.map(({ minute, count }) => [Number(minute) * 1_000, Number(count)]));
}

function strangeEnds(seen: readonly CallSeen[]): string[] {
  return seen.flatMap(({ label, fate, errorCode }) =>
    fate === 'complete' || errorCode === 'rate_limit_exceeded'
      ? []
      : [`${label} was ${fate}: ${errorCode ?? 'no error'}`],
  );
}

function skipped(reason: string): Outcome {
  const counts = { calls: 0, ends: 0, cut: 0, kills: 0, lost: 0, double: 0, wrong: 0 };
  return { ...counts, problems: [reason], findings: [], facts: {}, skipped: true };
}
