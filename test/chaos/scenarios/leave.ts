import { monitorEventLoopDelay } from 'node:perf_hooks';
import { planCall, type CallPlan, type Mix } from '../call-plan.js';
import type { CallSeen } from '../call-sight.js';
import { makeCall, type Leave } from '../client.js';
import { conclude, type Conclusion } from '../conclude.js';
import { percentile } from '../figures.js';
import type { Fleet } from '../fleet.js';
import { Load } from '../load.js';
import { Random } from '../random.js';
import type { Order, Outcome } from '../result.js';
import type { Stage } from '../stage.js';

const P99_LIMIT_MS = 200;
/** How many leave before anything came, and how long they wait at most, ms. */
const EARLY = 0.1;
const EARLIEST_MS = 300;

/** Clients leave at a random byte: the provider is told at once, and there is one row of each. */
export async function leave(stage: Stage, { seed, short }: Order): Promise<Outcome> {
  const fleet = await stage.startFleet('leave');
  const mix: Mix = { streams: 0.9, shortest: 300, longest: short ? 800 : 1_500 };
  const calls = short ? 200 : 2_000;
  const whole = { ...planCall('leave', seed, calls, mix), stream: true };
  const stayed = await stay(fleet, whole, seed);
  const bytesPerToken = stayed.bytes / whole.tokens;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const load = new Load(fleet, {
    scenario: 'leave',
    seed,
    clients: short ? 30 : 40,
    calls,
    mix,
    leave: (plan, random) => leaveOf(plan, random, bytesPerToken),
  });
  const seen = [stayed, ...(await load.finished())];
  delay.disable();
  const conclusion = await conclude(stage, fleet, seen, `leave-${seed}-`);
  const { outcome } = conclusion;
  const waits = abortWaits(conclusion).sort((one, other) => one - other);
  const p99 = percentile(waits, 0.99);
  const tooLate = !short && p99 >= P99_LIMIT_MS;
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...unaware(conclusion),
      ...(waits.length === 0 ? ['no provider was told that its client had left'] : []),
      ...(tooLate ? [`providers were told p99 ${p99} ms after their clients had left`] : []),
    ],
    facts: {
      ...outcome.facts,
      'providers told': waits.length,
      'told p50 ms': percentile(waits, 0.5),
      'told p99 ms': p99,
      'told max ms': percentile(waits, 1),
      // How busy the machine was with other things.
      'own delay p99 ms': Math.round(delay.percentile(99) / 1e6),
    },
  };
}

/** A client that stays: its answer tells how long answers are. */
async function stay(fleet: Fleet, plan: CallPlan, seed: number): Promise<CallSeen> {
  const seen = await makeCall(await fleet.caller(new Random(seed, 'stay')), plan);
  if (seen.fate !== 'complete') throw new Error(`a first call was ${seen.fate}`);
  return seen;
}

/** Any byte of the answer is as likely as any other. */
function leaveOf(plan: CallPlan, random: Random, bytesPerToken: number): Leave {
  const length = plan.stream ? plan.tokens * bytesPerToken : 1;
  const atByte = random.between(1, Math.ceil(length));
  const goesEarly = !plan.stream || random.chance(EARLY);
  return goesEarly ? { atByte, afterMs: random.between(0, EARLIEST_MS) } : { atByte };
}

/** How long after its client had left each provider was told, ms. */
function abortWaits({ evidence }: Conclusion): number[] {
  return evidence.flatMap(({ seen, tallied: [entry] }) =>
    seen.fate === 'left' && entry?.abortedAt !== undefined ? [entry.abortedAt - seen.endedAt] : [],
  );
}

/** Providers that neither finished nor were told to stop. */
function unaware({ evidence }: Conclusion): string[] {
  return evidence.flatMap(({ seen, tallied }) =>
    tallied.some(({ finished, aborted }) => !finished && !aborted)
      ? [`the provider of ${seen.label} was never told that its client had left`]
      : [],
  );
}
