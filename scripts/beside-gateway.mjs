import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { prepare } from './install.mjs';
import { passwordFile } from './postgres/cluster.mjs';
import { runningPostmaster } from './postgres/leftovers.mjs';
import { dataHome } from './postgres/places.mjs';
import { Advice, loadDotEnv, root } from './project.mjs';
import { startChild } from './supervisor/child.mjs';

/**
 * Runs a built program on the database of DATABASE_URL, or that of a gateway which runs here; gives its exit status.
 *
 * @param {string} program
 * @param {string[]} [args] told to the program in the variable PROGRAM_ARGUMENTS
 */
export async function runBesideGateway(program, args = []) {
  loadDotEnv();
  const built = existsSync(path.join(root, program));
  await prepare({ build: !built, signal: new AbortController().signal });
  const { env } = process;
  const { directory: home } = dataHome(env.DATA_DIR, { withPostgres: !env.DATABASE_URL });
  const url = env.DATABASE_URL || (await runningPostgres(home));
  const child = startChild(program, {
    env: { ...env, DATABASE_URL: url, DATA_DIR: home, PROGRAM_ARGUMENTS: JSON.stringify(args) },
  });
  const { code } = await child.ended;
  return code ?? 1;
}

/** The address of the embedded Postgres of a gateway that runs; its port is in the fourth line of the pid file. */
async function runningPostgres(home) {
  const directory = path.join(home, 'postgres');
  if (runningPostmaster(directory) === undefined)
    throw new Advice(
      'The gateway does not run: start it with `npm start`, then run this beside it.',
    );
  const [, , , port] = readFileSync(path.join(directory, 'postmaster.pid'), 'utf8').split('\n');
  const { appRole } = await import('./postgres/roles.mjs');
  const { app } = JSON.parse(readFileSync(passwordFile(directory), 'utf8'));
  return `postgresql://${appRole}:${app}@127.0.0.1:${port}/osm`;
}
