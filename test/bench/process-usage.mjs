/** What processes used so far, as the kernel counts it. Linux only: everything is read from /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const MILLISECONDS_PER_TICK = 10;

/** CPU time of a process with all its threads, in milliseconds; 0 when it is gone. */
export function cpuOf(pid) {
  const stat = statOf(pid);
  return stat ? stat.ticks * MILLISECONDS_PER_TICK : 0;
}

/**
 * CPU time of a process, of the children it has and of those that it had, in milliseconds. Postgres
 * serves every connection by a child of its own.
 */
export function cpuOfFamily(pid) {
  let ticks = 0;
  for (const [member, stat] of familyOf(pid))
    ticks += stat.ticks + (member === pid ? stat.ticksOfEnded : 0);
  return ticks * MILLISECONDS_PER_TICK;
}

/** A process and the children it has, and those that they will have, give way to all others on their core. */
export function giveWay(pid) {
  for (const [member] of familyOf(pid))
    setPriority(member, constants.priority.PRIORITY_BELOW_NORMAL);
}

/** Resident memory of a process and the most it ever was, in bytes. */
export function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}

/** Time that every core was busy, and in all, since the machine started; in ticks. */
export function coreTimes() {
  const lines = readFileSync('/proc/stat', 'utf8').matchAll(/^cpu(\d+) (.*)$/gm);
  return new Map(
    Array.from(lines, ([, core, numbers]) => {
      const [user, nice, system, idle, wait, interrupt, softInterrupt, steal = 0] = numbers
        .split(' ')
        .map(Number);
      const busy = user + nice + system + interrupt + softInterrupt;
      return [Number(core), { busy, steal, all: busy + steal + idle + wait }];
    }),
  );
}

/** Shares of the time between two readings, by core: how much it was busy, and how much was stolen. */
export function coreShares(before, after) {
  return Object.fromEntries(
    Array.from(after, ([core, { busy, steal, all }]) => {
      const earlier = before.get(core);
      const time = Math.max(1, all - earlier.all);
      return [core, { busy: (busy - earlier.busy) / time, stolen: (steal - earlier.steal) / time }];
    }),
  );
}

/** A process and the children it has, with what /proc says of each. */
function familyOf(pid) {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    return stat && (Number(name) === pid || stat.parent === pid) ? [[Number(name), stat]] : [];
  });
}

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user, system, userOfEnded, systemOfEnded] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      ticks: user + system,
      ticksOfEnded: userOfEnded + systemOfEnded,
    };
  } catch {
    return undefined; // It ended.
  }
}
