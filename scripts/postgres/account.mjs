import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Advice } from '../project.mjs';

/**
 * The account Postgres runs under. Postgres refuses to run as root, so root hands it to the system
 * account `postgres`, or to `nobody`; everyone else runs it as himself.
 *
 * @returns {{name: string, uid?: number, gid?: number}} uid and gid only when they change
 */
export function postgresAccount() {
  if (process.platform === 'win32' || process.getuid() !== 0) return { name: userInfo().username };
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const found = accounts.find(([name]) => name === wanted);
    if (found) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Advice(
    'Postgres does not run as root, and this system has neither a "postgres" nor a "nobody" account.\n' +
      'Start the gateway as another user, or set DATABASE_URL to a running Postgres.',
  );
}

/** Whether the account may pass through this directory to what lies below it. */
export function canReach(account, directory) {
  return passes(account, ['-x', directory]);
}

/** Whether the account may execute this file; the path to it included. */
export function canRun(account, file) {
  return passes(account, ['-x', file]);
}

function passes(account, condition) {
  const { uid, gid } = account;
  // The shell's own test, as that account: it also knows read-only mounts and access lists.
  return spawnSync('test', condition, { uid, gid, cwd: '/' }).status === 0;
}
