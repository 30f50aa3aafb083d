import fs from 'node:fs';
import path from 'node:path';
import { commandLineOf, endOf, isAlive, signal } from '../processes.mjs';

/**
 * The process id of the Postgres that serves this data directory now, or undefined.
 *
 * The pid file alone proves nothing: after a crash its number may belong to any other process.
 */
export function runningPostmaster(directory) {
  const pid = recordedPid(directory);
  if (pid === undefined || !isAlive(pid)) return undefined;
  return commandLineOf(pid).includes(directory) ? pid : undefined;
}

/**
 * Clears what a crash left in the data directory: a Postgres that outlived its guard is stopped, a
 * pid file that names a stranger is removed. Call it only while holding the run lock.
 */
export async function clearLeftovers(directory, log) {
  const orphan = runningPostmaster(directory);
  if (orphan !== undefined) {
    log(`stopping a Postgres that an earlier run left behind (pid ${orphan})`);
    signal(orphan, 'SIGINT');
    if (!(await endOf(orphan, 5_000))) signal(orphan, 'SIGKILL');
    await endOf(orphan, 2_000);
    return;
  }
  const pid = recordedPid(directory);
  if (pid !== undefined && isAlive(pid)) fs.rmSync(path.join(directory, 'postmaster.pid'));
}

function recordedPid(directory) {
  try {
    const first = fs.readFileSync(path.join(directory, 'postmaster.pid'), 'utf8').split('\n')[0];
    const pid = Number.parseInt(first, 10);
    return pid > 0 ? pid : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
