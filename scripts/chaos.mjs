/**
 * `npm run chaos [-- --seed n] [--only scenario,…] [--short]`: breaks the gateway and checks that no money is lost.
 * Further options: `--minutes n` (of the soak), `--json file` (for the results).
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './install.mjs';
import { Advice, explain } from './project.mjs';
import { stopSignal } from './stop-requests.mjs';

const stopping = stopSignal();

try {
  process.exitCode = (await chaos(stopping)) ? 0 : 1;
} catch (error) {
  if (stopping.aborted) console.error(stopping.reason.message);
  else explain(error);
  // Clients of a run that was stopped may still wait for answers.
  process.exit(1);
}

async function chaos(signal) {
  if (process.platform === 'win32')
    throw new Advice('Windows cannot stop processes in the middle, as chaos does.');
  const options = readOptions();
  await prepare({ build: true, signal });
  // What follows needs the installed packages.
  await import('./typescript-loader.mjs');
  const { runChaos, scenarioNames } = await import('../test/chaos/run.ts');
  for (const name of options.only ?? [])
    if (!scenarioNames.includes(name))
      throw new Advice(`There is no scenario ${name}; there are: ${scenarioNames.join(', ')}.`);
  const foundation = await layFoundation(signal);
  try {
    return await runChaos(foundation, { ...options, signal });
  } finally {
    rmSync(foundation.place, { recursive: true, force: true });
  }
}

async function layFoundation(signal) {
  const { startPostgres } = await import('./postgres.mjs');
  const { dataHome } = await import('./postgres/places.mjs');
  const { appRole } = await import('./postgres/roles.mjs');
  const { migrate } = await import('./migrate.mjs');
  const { directory: home } = dataHome(process.env.DATA_DIR, { withPostgres: true });
  // Named as temporary ones are, whose next start clears away what a killed run left behind.
  const place = path.join(home, `temporary-postgres-${process.pid}`);
  mkdirSync(place, { recursive: true, mode: 0o755 });
  return {
    place,
    // Durable: what it confirmed must outlive its own kill -9.
    startPostgres: (port) => startPostgres({ directory: path.join(place, 'data'), port, signal }),
    migrate: (url) => migrate(url, { appRole, log: () => {} }),
  };
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '20' },
      json: { type: 'string' },
    },
  });
  const seed = numberOf(values.seed);
  const minutes = numberOf(values.minutes);
  return { ...values, only: values.only?.split(','), seed, minutes };
}

function numberOf(text) {
  const number = Number(text);
  if (!(number > 0)) throw new Advice(`${JSON.stringify(text)} is not a number above zero.`);
  return number;
}
