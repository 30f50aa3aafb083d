import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { Advice, root } from '../project.mjs';
import { canReach, postgresAccount } from './account.mjs';

/** Where root keeps what the account of Postgres must be able to reach. */
export function sharedPlace() {
  return '/var/lib/osm-gateway';
}

/**
 * The directory for everything the gateway keeps: the embedded Postgres, journals, the run lock.
 *
 * It is `DATA_DIR`, by default `.data` in the checkout. When Postgres has to run under another account
 * (started by root) that may not enter it, it is a directory below `/var/lib/osm-gateway` that belongs
 * to this path; the same one at every start.
 *
 * @param {string | undefined} wanted DATA_DIR
 * @param {{withPostgres: boolean}} options without an embedded Postgres nobody else has to get in
 * @returns {{directory: string, moved: boolean}}
 */
export function dataHome(wanted, { withPostgres }) {
  const directory = path.resolve(root, wanted || '.data');
  const account = postgresAccount();
  if (!withPostgres || account.uid === undefined || letIn(account, directory)) {
    makeDirectory(directory);
    return { directory, moved: false };
  }
  const moved = path.join(sharedPlace(), nameFor(directory));
  makeDirectory(moved);
  if (!letIn(account, moved)) {
    throw new Advice(
      `The account "${account.name}", under which Postgres runs, can enter neither ${directory}\n` +
        `nor ${moved}. Set DATA_DIR to a directory it can enter.`,
    );
  }
  return { directory: moved, moved: true };
}

/** Every directory `dataHome` may have chosen for this DATA_DIR, whether it exists or not. */
export function possibleHomes(wanted) {
  const directory = path.resolve(root, wanted || '.data');
  return [directory, path.join(sharedPlace(), nameFor(directory))];
}

function nameFor(directory) {
  const digest = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return `${path.basename(path.dirname(directory))}-${digest}`.replaceAll(/[^\w.-]/g, '');
}

/** Lets the account pass through the directory (not list it), if only its own mode is in the way. */
function letIn(account, directory) {
  let parent = path.dirname(directory);
  while (!existsSync(parent)) parent = path.dirname(parent);
  if (!canReach(account, parent)) return false;
  makeDirectory(directory);
  if (!canReach(account, directory)) {
    chmodSync(directory, (statSync(directory).mode & 0o777) | 0o011);
  }
  return canReach(account, directory);
}

function makeDirectory(directory) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new Advice(
      `Cannot create ${directory}: ${error.message}\nSet DATA_DIR to a directory you can write to.`,
    );
  }
}
