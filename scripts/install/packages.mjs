import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../command.mjs';
import { Advice, root } from '../project.mjs';

const quiet = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Whether `node_modules` holds what the lock file asks for, however it came there. npm notes what it
 * installed in a lock file of its own; packages for other platforms are not among them.
 */
export function packagesMatchLock() {
  const installed = packagesOf('node_modules/.package-lock.json');
  const wanted = packagesOf('package-lock.json');
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.link) return true;
    if (!installed[name]) return entry.optional === true || entry.devOptional === true;
    return installed[name].version === entry.version;
  });
}

/**
 * Installs the packages of the lock file; where npm refuses the lock file, as near to it as it can.
 *
 * @throws {Advice} when neither works
 */
export async function installPackages({ signal, log }) {
  const strict = await runCommand('npm', ['ci', ...quiet], { signal });
  if (strict.status === 0) return;
  console.error(strict.output.trimEnd());
  log(
    '`npm ci` failed, falling back to `npm install --no-save`: versions may differ from the lock file',
  );
  const loose = await runCommand('npm', ['install', '--no-save', ...quiet], { signal, echo: true });
  if (loose.status !== 0) {
    throw new Advice(
      'npm could not install the packages; its message is above. Is the registry in reach?',
    );
  }
}

function packagesOf(name) {
  const file = path.join(root, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}
