import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE } from '../../support/one-window.js';
import { LONGEST_LATENCY_MS } from '../call-plan.js';
import { conclude, type Conclusion } from '../conclude.js';
import type { CallSeen } from '../call-sight.js';
import { Load } from '../load.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

const LEAD_MS = 1_500;
/** Processes look once a second what runs low, and go by an average of some five seconds. */
const WARM_MS = 6_000;
/** Until they have filled up what a new minute allows. */
const NEW_MINUTE_MS = 3_000;

interface Outages {
  /** Calls that ran when Postgres was stopped, and when it was killed. */
  readonly running: ReadonlySet<string>;
  /** When it was away, milliseconds since the epoch. */
  readonly spans: readonly Span[];
  /** When it was stopped; after a kill it is back too soon for whole calls in between. */
  readonly stopped: Span;
}

type Span = readonly [from: number, to: number];

/**
 * Postgres is stopped for a while and killed once, under load: calls go on from what was leased before, and all is
 * posted when it is back.
 */
export async function database(stage: Stage, { seed, short, say }: Order): Promise<Outcome> {
  const fleet = await stage.startFleet('database');
  const [clients, longest, stopMs] = short ? [20, 1_500, 5_000] : [60, 3_000, 30_000];
  const mix = { streams: 0.8, shortest: 500, longest };
  const load = new Load(fleet, { scenario: 'database', seed, clients, mix });
  await sleep(WARM_MS);
  await minuteWithRoom(stopMs);
  const outages = await breakPostgres(stage, load, stopMs, say);
  await sleep(LEAD_MS);
  const conclusion = await conclude(stage, fleet, await load.finish(), `database-${seed}-`);
  const { outcome } = conclusion;
  const ended = endedWithin(conclusion, outages);
  const without = begunAndEnded(conclusion, outages);
  const complete = without.filter(({ fate }) => fate === 'complete').length;
  const floor = floorOf(clients, stopMs, longest + LONGEST_LATENCY_MS);
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...brokenCalls(conclusion),
      ...(ended === 0 ? ['no call that ran when Postgres went away ended meanwhile'] : []),
      ...(complete < floor
        ? [`${complete} calls began and ended while Postgres was stopped, not ${floor}`]
        : []),
    ],
    facts: {
      ...outcome.facts,
      'ran at an outage': outages.running.size,
      'ended while it was away': ended,
      'calls without Postgres': complete,
      'refused without Postgres': without.length - complete,
    },
  };
}

async function breakPostgres(
  stage: Stage,
  load: Load,
  stopMs: number,
  say: (line: string) => void,
): Promise<Outages> {
  const { postgres } = stage;
  const running = new Set(load.running);
  const stoppedAt = Date.now();
  say(`database: Postgres is stopped for ${stopMs / 1_000} s`);
  postgres.freeze();
  await sleep(stopMs);
  postgres.thaw();
  const stopped: Span = [stoppedAt, Date.now()];
  await sleep(LEAD_MS);
  for (const label of load.running) running.add(label);
  const killedAt = Date.now();
  say('database: Postgres is killed');
  await postgres.crash();
  await postgres.restart();
  return { running, stopped, spans: [stopped, [killedAt, Date.now()]] };
}

/** Nobody's answer breaks off; a refusal says what is the matter. */
function brokenCalls({ evidence }: Conclusion): string[] {
  return evidence.flatMap(({ seen: { label, fate, status, errorCode } }) => {
    if (fate === 'complete') return [];
    if (fate === 'refused' && status === 503 && errorCode === 'ledger_unavailable') return [];
    return [`${label} was ${fate}: ${status ?? 'no answer'} ${errorCode ?? ''}`];
  });
}

function endedWithin({ evidence }: Conclusion, { running, spans }: Outages): number {
  return evidence.filter(
    ({ seen: { label, endedAt } }) =>
      running.has(label) && spans.some(([from, to]) => endedAt > from && endedAt < to),
  ).length;
}

/** Calls of the time in which Postgres was stopped, from their beginning to their end. */
function begunAndEnded(
  { evidence }: Conclusion,
  { stopped: [from, to] }: Outages,
): readonly CallSeen[] {
  return evidence
    .map(({ seen }) => seen)
    .filter(({ startedAt, endedAt }) => startedAt > from && endedAt < to);
}

/**
 * Half of what clients are able to call from beginning to end in so long, where none is refused and every call is as
 * long as the longest: what is in hand lasts for longer than that.
 */
function floorOf(clients: number, stopMs: number, longestMs: number): number {
  return Math.floor((clients * (stopMs / longestMs - 1)) / 2);
}

/**
 * The requests of a minute are granted within it, so that calls of an organization with such a limit go on to its end
 * and no further: resolves in a minute that has so long left.
 */
async function minuteWithRoom(milliseconds: number): Promise<void> {
  const gone = Date.now() % MINUTE;
  const next = MINUTE + NEW_MINUTE_MS - gone;
  if (gone < NEW_MINUTE_MS) await sleep(NEW_MINUTE_MS - gone);
  else if (gone + milliseconds + LEAD_MS > MINUTE) await sleep(next);
}
