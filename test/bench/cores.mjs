import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Which core each part runs on. What is measured (bare proxy, gateway's HTTP process) has the first one to
 * itself; the others share what is left. Undefined where `taskset` is missing or there is one core only.
 *
 * @returns {{subject: number, sandbox: number, load: number, background: number} | undefined}
 *   `background` is for the worker, Postgres and the bench itself
 */
export function assignCores() {
  const works = spawnSync('taskset', ['-cp', String(process.pid)]).status === 0;
  const [subject, ...rest] = works ? allowedCores() : [];
  if (rest.length === 0) return undefined;
  const at = (index) => rest[index % rest.length];
  if (rest.length === 2) return { subject, sandbox: rest[0], load: rest[1], background: rest[1] };
  return { subject, sandbox: at(0), load: at(1), background: at(2) };
}

/** The command that runs another one on a core; the command itself where nothing is pinned. */
export function onCore(core, command, args) {
  if (core === undefined) return [command, args];
  return ['taskset', ['-c', String(core), command, ...args]];
}

/** Moves a running process, with all its threads, to a core; its later children follow. */
export function moveTo(core, pid) {
  if (core !== undefined) spawnSync('taskset', ['-acp', String(core), String(pid)]);
}

/** One line for people: what shares a core with what. */
export function describeCores(cores) {
  if (!cores) return 'nothing is pinned: taskset or a second core is missing; ratios are rough';
  const parts = {
    'bare proxy or gateway http': cores.subject,
    sandbox: cores.sandbox,
    'load generator': cores.load,
    'worker, Postgres, bench': cores.background,
  };
  return [...new Set(Object.values(parts))]
    .map((core) => {
      const names = Object.keys(parts).filter((name) => parts[name] === core);
      return `core ${core}: ${names.join(' + ')}`;
    })
    .join('; ');
}

function allowedCores() {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /^Cpus_allowed_list:\s+(\S+)/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
