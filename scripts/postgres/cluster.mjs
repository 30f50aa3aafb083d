import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../command.mjs';
import { Advice } from '../project.mjs';

/** Name of the superuser of an embedded cluster. */
export const ownerRole = 'osm_owner';

/**
 * Makes sure that `directory` holds a database cluster and returns its passwords, which are random
 * and lie beside it, readable only by whoever starts it.
 *
 * A cluster appears under its name only when it is complete: one that was interrupted half-way is
 * thrown away by the next start.
 *
 * @returns {Promise<{owner: string, app: string}>} passwords of the owner and the application role
 * @throws {Advice} when the directory belongs to someone else or its passwords are lost
 */
export async function ensureCluster({ directory, native, account, signal, log }) {
  refuseForeign(directory, account);
  if (fs.existsSync(path.join(directory, 'PG_VERSION'))) return readPasswords(directory);
  log('creating the database cluster');
  const passwords = { owner: secret(), app: secret() };
  const partial = `${directory}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { mode: 0o700 });
  giveTo(account, partial);
  await initialize({ directory: partial, native, account, signal, password: passwords.owner });
  fs.writeFileSync(passwordFile(directory), JSON.stringify(passwords), { mode: 0o600 });
  fs.renameSync(partial, directory);
  return passwords;
}

/** The file that holds the passwords of the cluster in `directory`. */
export function passwordFile(directory) {
  return `${directory}.passwords.json`;
}

async function initialize({ directory, native, account, signal, password }) {
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'osm-initdb-'));
  try {
    const file = path.join(scratch, 'password');
    fs.writeFileSync(file, password, { mode: 0o600 });
    giveTo(account, scratch);
    giveTo(account, file);
    const { status, output } = await runCommand(
      path.join(native, 'bin/initdb'),
      [
        `--pgdata=${directory}`,
        `--username=${ownerRole}`,
        `--pwfile=${file}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { uid: account.uid, gid: account.gid, cwd: '/', signal },
    );
    if (status !== 0) throw new Error(`initdb failed with status ${status}:\n${output}`);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function refuseForeign(directory, account) {
  if (process.platform === 'win32' || !fs.existsSync(directory)) return;
  const uid = account.uid ?? process.getuid();
  if (fs.statSync(directory).uid === uid) return;
  throw new Advice(
    `The database in ${directory} was created by another user.\n` +
      'Start the gateway as that user, or set DATA_DIR to a directory of your own.',
  );
}

function readPasswords(directory) {
  try {
    return JSON.parse(fs.readFileSync(passwordFile(directory), 'utf8'));
  } catch (error) {
    throw new Advice(
      `The passwords of the database in ${directory} cannot be read (${error.message}).\n` +
        'Restore that file, or drop the data with `npm run reset`.',
    );
  }
}

function giveTo(account, file) {
  if (account.uid !== undefined) fs.chownSync(file, account.uid, account.gid);
}

function secret() {
  return randomBytes(24).toString('base64url');
}
