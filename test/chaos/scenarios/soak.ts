import { setTimeout as sleep } from 'node:timers/promises';
import { conclude } from '../conclude.js';
import { percentile, slope } from '../figures.js';
import type { Fleet } from '../fleet.js';
import type { KeptProgram } from '../kept-program.js';
import { Load } from '../load.js';
import { reportingMemory, usageOf, type ProcessUsage } from '../process-usage.js';
import type { Random } from '../random.js';
import type { Order, Outcome } from '../result.js';
import type { Leave } from '../client.js';
import type { Stage } from '../stage.js';

const SAMPLE_MS = 10_000;
const SAID_EVERY = 6;
/** What is left out at the beginning: caches fill, code is compiled. */
const WARM_UP = 0.5;
const LEAVING = 0.1;
const MEBIBYTE = 1024 ** 2;
const GROWTH_LIMIT_MIB = 1;
/** A pool may be a few connections wider at one time than at another. */
const HANDLE_TOLERANCE = 5;

interface Sample {
  /** Minutes since the beginning. */
  readonly at: number;
  readonly usage: Readonly<Record<string, ProcessUsage>>;
}

/** Mixed load for a long time: what the processes hold after a collection of garbage does not grow, nor do handles. */
export async function soak(stage: Stage, { seed, minutes, say }: Order): Promise<Outcome> {
  const reports = stage.directory('soak-memory');
  const fleet = await stage.startFleet('soak', { environment: reportingMemory(reports) });
  const load = new Load(fleet, {
    scenario: 'soak',
    seed,
    clients: 20,
    mix: { streams: 0.5, shortest: 200, longest: 2_000 },
    pause: 200,
    leave: (_plan, random) => leaveSometimes(random),
  });
  const samples = await watch(fleet, reports, minutes, (sample) =>
    say(`soak: ${describe(sample)}`),
  );
  const { outcome } = await conclude(stage, fleet, await load.finish(), `soak-${seed}-`);
  const steady = samples.filter(({ at }) => at >= minutes * WARM_UP);
  const growth = namedPrograms(fleet).map(([name]) => growthOf(name, steady));
  return {
    ...outcome,
    problems: [...outcome.problems, ...growth.flatMap(({ problems }) => problems)],
    facts: Object.assign({ ...outcome.facts }, ...growth.map(({ facts }) => facts)),
  };
}

function leaveSometimes(random: Random): Leave {
  return { atByte: random.chance(LEAVING) ? random.between(1, 5_000) : Infinity };
}

async function watch(
  fleet: Fleet,
  reports: string,
  minutes: number,
  tell: (sample: Sample) => void,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  for (let at = 0; at < minutes; at = (performance.now() - startedAt) / 60_000) {
    const sample = { at, usage: usageNow(fleet, reports) };
    if (samples.length % SAID_EVERY === 0) tell(sample);
    samples.push(sample);
    await sleep(SAMPLE_MS);
  }
  return samples;
}

function namedPrograms({ mains, worker }: Fleet): (readonly [name: string, KeptProgram])[] {
  return [...mains.map((main, at) => [`http${at + 1}`, main] as const), ['worker', worker]];
}

function usageNow(fleet: Fleet, reports: string): Record<string, ProcessUsage> {
  return Object.fromEntries(
    namedPrograms(fleet).flatMap(([name, { pid }]) => {
      const usage = pid === undefined ? undefined : usageOf(pid, reports);
      return usage ? [[name, usage]] : [];
    }),
  );
}

function describe({ at, usage }: Sample): string {
  const parts = Object.entries(usage).map(
    ([name, { resident, used, handles }]) =>
      `${name} ${inMebibytes(used)} MiB of ${inMebibytes(resident)} ${handles} handles`,
  );
  return `${at.toFixed(1)} min: ${parts.join(', ')}`;
}

function inMebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(1);
}

/**
 * Growth of one process over the samples. What is in use is judged; the resident memory beside it goes up and down by
 * several MiB with what the allocators keep, which in ten minutes looks like a slope.
 */
function growthOf(
  name: string,
  samples: readonly Sample[],
): { readonly facts: Record<string, number>; readonly problems: readonly string[] } {
  const of = samples.flatMap(({ at, usage }) => (usage[name] ? [{ at, ...usage[name] }] : []));
  const growth = (bytes: 'used' | 'resident'): number =>
    slope(of.map((sample) => [sample.at / 10, sample[bytes] / MEBIBYTE]));
  const used = growth('used');
  const problems = of.length < samples.length ? [`${name} did not tell what it holds`] : [];
  const third = Math.ceil(of.length / 3);
  const median = (part: typeof of): number =>
    percentile(
      part.map(({ handles }) => handles).sort((one, other) => one - other),
      0.5,
    );
  const handles = median(of.slice(-third)) - median(of.slice(0, third));
  return {
    facts: {
      [`${name} MiB/10 min`]: Number(used.toFixed(2)),
      [`${name} resident MiB/10 min`]: Number(growth('resident').toFixed(2)),
      [`${name} handles`]: handles,
    },
    problems: [
      ...problems,
      ...(used < GROWTH_LIMIT_MIB ? [] : [`${name} grows by ${used.toFixed(2)} MiB in 10 min`]),
      ...(handles <= HANDLE_TOLERANCE ? [] : [`${name} holds ${handles} handles more at the end`]),
    ],
  };
}
