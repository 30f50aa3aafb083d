import type { CallSeen, Fate } from './call-sight.js';
import { groupBy } from './group.js';
import type { Outcome } from './result.js';

/** How many of the calls must have run beside another writer: processes that are killed all the time are often away. */
const LEAST_SHARE = 0.1;
/** What leaves an open record behind where the process was killed. */
const BROKEN_OFF: readonly Fate[] = ['cut', 'unanswered'];

type Stretch = Pick<CallSeen, 'server' | 'fate' | 'startedAt' | 'endedAt'>;

/**
 * An outcome with how busy the writers of journals were: calls that ran while another process ran one, and processes that
 * went away in the middle of calls, each of whose journals the worker had to adopt. Two writers that were never busy
 * together, or journals of which fewer than two were left open, prove nothing: that is a problem.
 */
export function withBusyWriters(outcome: Outcome, seen: readonly Stretch[]): Outcome {
  const together = callsBesideOthers(seen);
  const left = new Set(
    seen.filter(({ fate }) => BROKEN_OFF.includes(fate)).map(({ server }) => server),
  ).size;
  return {
    ...outcome,
    problems: [
      ...outcome.problems,
      ...(together < LEAST_SHARE * seen.length
        ? [`only ${together} of ${seen.length} calls ran while another process ran one`]
        : []),
      ...(left < 2 ? [`${left} processes went away in the middle of calls`] : []),
    ],
    facts: { ...outcome.facts, 'beside another writer': together, 'writers cut off': left },
  };
}

/** How many calls ran while another process ran one. */
export function callsBesideOthers(seen: readonly Stretch[]): number {
  const others = [...groupBy(seen, ({ server }) => server)].map(
    ([server, calls]) => [server, busyTimes(calls)] as const,
  );
  return seen.filter((call) =>
    others.some(
      ([server, times]) => server !== call.server && times.some((time) => overlap(time, call)),
    ),
  ).length;
}

type Time = Pick<CallSeen, 'startedAt' | 'endedAt'>;

/** When at least one of the calls ran. */
function busyTimes(calls: readonly Time[]): Time[] {
  const times: Time[] = [];
  for (const call of [...calls].sort((one, other) => one.startedAt - other.startedAt)) {
    const last = times.at(-1);
    if (!last || call.startedAt > last.endedAt) times.push(call);
    else if (call.endedAt > last.endedAt)
      times[times.length - 1] = { startedAt: last.startedAt, endedAt: call.endedAt };
  }
  return times;
}

function overlap(one: Time, other: Time): boolean {
  return one.startedAt < other.endedAt && other.startedAt < one.endedAt;
}
