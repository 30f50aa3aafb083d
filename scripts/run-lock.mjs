import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, startOf } from './processes.mjs';
import { Advice } from './project.mjs';

/**
 * Claims a data directory for this process, so that no second gateway starts on it and no reset
 * removes it. A claim of a process that is gone is worth nothing.
 *
 * @returns {() => void} gives it back
 * @throws {Advice} when a gateway runs on it
 */
export function holdLock(home) {
  const file = lockFile(home);
  const claim = JSON.stringify({ pid: process.pid, start: startOf(process.pid) });
  for (;;) {
    refuseWhileRunning(
      home,
      'Stop it first, or set DATA_DIR and PORT to run a second one beside it.',
    );
    try {
      writeFileSync(file, claim, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      rmSync(file, { force: true });
    }
  }
}

/** @throws {Advice} with this advice when a gateway runs on the data directory */
export function refuseWhileRunning(home, advice) {
  const pid = lockHolder(home);
  if (pid === undefined) return;
  throw new Advice(`A gateway is already running on ${home} (pid ${pid}).\n${advice}`);
}

function lockHolder(home) {
  let claim;
  try {
    claim = JSON.parse(readFileSync(lockFile(home), 'utf8'));
  } catch {
    return undefined;
  }
  const same = isAlive(claim.pid) && startOf(claim.pid) === claim.start;
  return same ? claim.pid : undefined;
}

function lockFile(home) {
  return path.join(home, 'gateway.lock');
}
