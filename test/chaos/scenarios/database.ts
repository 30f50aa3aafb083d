import { setTimeout as sleep } from 'node:timers/promises';
import { conclude, type Conclusion } from '../conclude.js';
import { Load } from '../load.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

const LEAD_MS = 1_500;

interface Outages {
  /** Calls that ran when Postgres was stopped, and when it was killed. */
  readonly running: ReadonlySet<string>;
  /** When it was away, milliseconds since the epoch. */
  readonly spans: readonly Span[];
  /** When it was stopped; after a kill it is back too soon for whole calls in between. */
  readonly stopped: Span;
}

type Span = readonly [from: number, to: number];

/** Postgres is stopped for a while and killed once, under load: streams run on, and all is posted when it is back. */
export async function database(stage: Stage, { seed, short, say }: Order): Promise<Outcome> {
  const fleet = await stage.startFleet('database');
  const load = new Load(fleet, {
    scenario: 'database',
    seed,
    clients: short ? 20 : 60,
    mix: { streams: 0.8, shortest: 500, longest: short ? 1_500 : 3_000 },
  });
  await sleep(LEAD_MS);
  const outages = await breakPostgres(stage, load, short ? 5_000 : 30_000, say);
  await sleep(LEAD_MS);
  const conclusion = await conclude(stage, fleet, await load.finish(), `database-${seed}-`);
  const { outcome } = conclusion;
  const ended = endedWithin(conclusion, outages);
  const without = completeWithin(conclusion, outages);
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...brokenCalls(conclusion),
      ...(ended === 0 ? ['no call that ran when Postgres went away ended meanwhile'] : []),
      ...(without === 0 ? ['no call began and ended while Postgres was stopped'] : []),
    ],
    facts: {
      ...outcome.facts,
      'ran at an outage': outages.running.size,
      'ended while it was away': ended,
      'calls without Postgres': without,
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

/** Calls on what had been leased before, from their beginning to their end. */
function completeWithin({ evidence }: Conclusion, { stopped: [from, to] }: Outages): number {
  return evidence.filter(
    ({ seen: { fate, startedAt, endedAt } }) =>
      fate === 'complete' && startedAt > from && endedAt < to,
  ).length;
}
