import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { CallPlan } from './call-plan.js';
import { JournalWatch } from './journal-watch.js';
import type { KeptProgram } from './kept-program.js';
import type { Stage } from './stage.js';
import type { WaveCaller } from './wave-caller.js';

/** Calls that run when a process is stopped. */
const RUNNING = 6;
const TRIES = 60;
/** While a record is waited for, its process runs for so long at a time: hardly longer than it takes to act on it. */
const STEP_MS = 0.1;
const TRIGGER_LIMIT_MS = 3_000;
/** What was on its way when a process was stopped has arrived after so long. */
const ON_THE_WAY_MS = 100;

/** Where a call stands while its process is stopped. */
interface Standing {
  readonly opened: boolean;
  readonly closed: boolean;
  readonly tallied: TallyEntry | undefined;
  /** Whether its client has all of its answer. */
  readonly over: boolean;
}

export interface PausePoint {
  readonly name: string;
  readonly calls: Partial<CallPlan>;
  /** When the process is stopped: so many ms after its calls were begun, or at the first record of this kind. */
  readonly when: number | 'open' | 'close';
  readonly holds: (call: Standing) => boolean;
}

const QUICK: Partial<CallPlan> = { stream: false, latency: 40, tokens: 40 };
const LONG: Partial<CallPlan> = { stream: true, latency: 300, rate: 200 };

/** The points of a call at which processes are stopped, and go on when their money is spent by others. */
export const PAUSE_POINTS: readonly PausePoint[] = [
  { name: 'before open', calls: LONG, when: 0, holds: ({ opened }) => !opened },
  {
    name: 'opened, not sent',
    calls: QUICK,
    when: 'open',
    holds: ({ opened, tallied }) => opened && !tallied,
  },
  {
    name: 'provider thinks',
    calls: LONG,
    when: 150,
    holds: ({ tallied, closed }) => tallied?.completionTokens === 0 && !closed,
  },
  {
    name: 'mid answer',
    calls: LONG,
    when: 700,
    holds: ({ tallied, closed }) =>
      tallied !== undefined && tallied.completionTokens > 0 && !tallied.finished && !closed,
  },
  {
    name: 'closed, not delivered',
    calls: QUICK,
    when: 'close',
    holds: ({ closed, over }) => closed && !over,
  },
];

/** A process that is stopped, and what its calls come to. */
export interface Paused {
  readonly main: KeptProgram;
  /** How many of its calls stand at the point. */
  readonly at: number;
  readonly calls: Promise<unknown>;
}

/** Stops a process with calls at a point; it is let go and stopped again until some are. */
export async function stopAt(
  stage: Stage,
  journalRoot: string,
  caller: WaveCaller,
  main: KeptProgram,
  point: PausePoint,
): Promise<Paused> {
  for (let tries = 1; ; tries++) {
    const watch = new JournalWatch(journalRoot);
    const { labels, ended, all } = caller.begin([main], RUNNING, point.calls);
    await reached(main, watch, point.when);
    main.freeze();
    await sleep(ON_THE_WAY_MS);
    watch.look();
    watch.close();
    const tally = await stage.tally(caller.prefix);
    const at = labels.filter((label) =>
      point.holds({
        opened: watch.opened.has(label),
        closed: watch.closed.has(label),
        tallied: tally.get(label)?.[0],
        over: ended.has(label),
      }),
    ).length;
    if (at > 0 || tries === TRIES) return { main, at, calls: all };
    main.thaw();
    await all;
  }
}

/** Where a record is waited for, the process goes on step by step, and is stopped already when it is there. */
async function reached(
  main: KeptProgram,
  watch: JournalWatch,
  when: PausePoint['when'],
): Promise<void> {
  if (typeof when === 'number') return sleep(when);
  const deadline = performance.now() + TRIGGER_LIMIT_MS;
  const records = when === 'open' ? watch.opened : watch.closed;
  while (records.size === 0 && performance.now() < deadline) {
    await turn();
    main.thaw();
    passStep();
    main.freeze();
    watch.look();
  }
}

/** Blocks, for a timer would come too late. */
function passStep(): void {
  const until = performance.now() + STEP_MS;
  while (performance.now() < until);
}
