import { writeFileSync } from 'node:fs';
import { reportLines, toJson } from './report.js';
import type { Order, Outcome, ScenarioResult } from './result.js';
import { database } from './scenarios/database.js';
import { disk } from './scenarios/disk.js';
import { kill } from './scenarios/kill.js';
import { leave } from './scenarios/leave.js';
import { overspend } from './scenarios/overspend.js';
import { pause } from './scenarios/pause.js';
import { rate } from './scenarios/rate.js';
import { replay } from './scenarios/replay.js';
import { rolling } from './scenarios/rolling.js';
import { soak } from './scenarios/soak.js';
import { storm } from './scenarios/true-up-storm.js';
import { Stage, type Foundation } from './stage.js';

type Scenario = (stage: Stage, order: Order) => Promise<Outcome>;

/** By name, in the order in which they run. */
const SCENARIOS = {
  kill,
  leave,
  storm,
  overspend,
  replay,
  rate,
  pause,
  rolling,
  database,
  disk,
  soak,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
/** Runs only when it is named. */
const LONG: readonly ScenarioName[] = ['soak'];

export const scenarioNames = Object.keys(SCENARIOS) as readonly ScenarioName[];

export interface RunOptions {
  readonly seed: number;
  readonly short: boolean;
  readonly minutes: number;
  /** The scenarios to run; all but the soak if none is named. */
  readonly only: readonly ScenarioName[] | undefined;
  /** File to which the results are written as JSON. */
  readonly json: string | undefined;
  readonly signal: AbortSignal;
}

/** Runs the scenarios on a stage of their own and prints the report. @returns whether none failed */
export async function runChaos(foundation: Foundation, options: RunOptions): Promise<boolean> {
  const names = options.only ?? scenarioNames.filter((name) => !LONG.includes(name));
  const results = await play(foundation, options, names);
  if (options.json) writeFileSync(options.json, `${toJson(results, 2)}\n`);
  for (const line of reportLines(results)) console.log(line);
  return results.every(({ verdict }) => verdict !== 'failed');
}

async function play(
  foundation: Foundation,
  { seed, short, minutes, signal }: RunOptions,
  names: readonly ScenarioName[],
): Promise<ScenarioResult[]> {
  const say = (line: string): void => console.log(`[chaos] ${line}`);
  const stage = await Stage.open(foundation);
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const results: ScenarioResult[] = [];
  try {
    for (const name of names) {
      say(`${name} …`);
      const order = { seed, short, minutes, say };
      results.push(await Promise.race([perform(stage, name, order), stopped]));
    }
  } finally {
    await stage.close();
  }
  return results;
}

async function perform(stage: Stage, name: ScenarioName, order: Order): Promise<ScenarioResult> {
  const startedAt = performance.now();
  const outcome = await SCENARIOS[name](stage, order).catch(brokenOff);
  const { skipped = false, ...rest } = outcome;
  const { problems, findings } = rest;
  const sound = problems.length === 0 && findings.length === 0;
  return {
    ...rest,
    name,
    seed: order.seed,
    verdict: skipped ? 'skipped' : sound ? 'passed' : 'failed',
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

function brokenOff(error: unknown): Outcome {
  const problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  const counts = { calls: 0, ends: 0, cut: 0, kills: 0, lost: 0, double: 0, wrong: 0 };
  return { ...counts, problems, findings: [], facts: {} };
}
