import { Balancer } from '../balancer.js';
import type { CallSeen } from '../call-sight.js';
import { conclude } from '../conclude.js';
import type { Fleet } from '../fleet.js';
import { Load, type LoadOptions } from '../load.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

/** What a process in production has; a shorter one is still many looks of the balancer long. */
const GRACE_MS = 5_000;
const SHORT_GRACE_MS = 3_000;
const DRAIN_MS = 60_000;

type Clients = Omit<LoadOptions, 'seed'>;

/** Few short calls: a process that stops has soon none left, and must all the same serve until its balancer knows. */
const QUICK: Clients = {
  scenario: 'rolling-quick',
  clients: 4,
  mix: { streams: 0, shortest: 1, longest: 1 },
  changes: { latency: 0 },
  pause: 20,
};

/** Answers of which many run when a process is told to stop, and some still when its grace is over. */
const slow = (clients: number, longest: number): Clients => ({
  scenario: 'rolling-slow',
  clients,
  mix: { streams: 0.4, shortest: 200, longest },
});

/** What the restarts under one load came to. */
interface Restarted {
  readonly seen: readonly CallSeen[];
  /** Of HTTP processes. */
  readonly restarts: number;
  /** Calls that ran when a process was told to stop. */
  readonly running: number;
  readonly problems: readonly string[];
}

/** Processes are restarted in turn behind a balancer, as a release does it: no call fails, and all are booked. */
export async function rolling(stage: Stage, { seed, short, say }: Order): Promise<Outcome> {
  const fleet = await stage.startFleet('rolling', {
    environment: {
      SHUTDOWN_GRACE_MS: String(short ? SHORT_GRACE_MS : GRACE_MS),
      DRAIN_TIMEOUT_MS: String(DRAIN_MS),
    },
  });
  const balancer = new Balancer(fleet);
  const under = async (clients: Clients, rounds: number): Promise<Restarted> => {
    const restarted = await restartUnder(fleet, balancer, { ...clients, seed }, rounds);
    say(`${clients.scenario}: ${restarted.restarts} restarts, ${restarted.seen.length} calls`);
    return restarted;
  };
  const quick = await under(QUICK, short ? 1 : 2);
  const streams = await under(short ? slow(24, 4_500) : slow(100, 12_000), short ? 1 : 3);
  await balancer.close();
  const seen = [...quick.seen, ...streams.seen];
  const { outcome } = await conclude(stage, fleet, seen, 'rolling-');
  const waited = !short && balancer.waits > 0;
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...quick.problems,
      ...streams.problems,
      ...failedCalls(seen),
      ...(streams.running === 0 ? ['no call ran when a process was told to stop'] : []),
      ...(waited ? [`for ${balancer.waits} calls no process was ready`] : []),
    ],
    facts: {
      ...outcome.facts,
      restarts: quick.restarts + streams.restarts,
      'ran at a restart': quick.running + streams.running,
      'waited for a process': balancer.waits,
    },
  };
}

/** So many times: each HTTP process, when it and all others are ready, then the worker. */
async function restartUnder(
  fleet: Fleet,
  balancer: Balancer,
  options: LoadOptions,
  rounds: number,
): Promise<Restarted> {
  await balancer.allReady();
  const load = new Load(balancer, { ...options, retries: (at) => balancer.hasWarned(at) });
  const problems: string[] = [];
  const running = new Set<string>();
  for (let round = 0; round < rounds; round++)
    for (const program of fleet.programs) {
      await load.next();
      for (const label of load.running) running.add(label);
      const end = await program.restart();
      if (end !== 0) problems.push(`${program.script} ended with ${String(end)}`);
      await program.ready();
      await balancer.allReady();
    }
  await load.next();
  const seen = await load.finish();
  return { seen, restarts: rounds * fleet.mains.length, running: running.size, problems };
}

function failedCalls(seen: readonly CallSeen[]): string[] {
  return seen.flatMap(({ label, fate, status, errorCode }) =>
    fate === 'complete'
      ? []
      : [`${label} was ${fate}: ${status ?? 'no status'} ${errorCode ?? ''}`],
  );
}
