/**
 * `npm run corpus -- [folder] [--only <text>] [--verbose] [--json <file>]`: plays recorded traffic of real
 * providers to the built gateway and compares what it makes of it with what they said.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './install.mjs';
import { Advice, explain, root } from './project.mjs';
import { stopSignal } from './stop-requests.mjs';
import { leash } from './supervisor/leash.mjs';

const stopping = stopSignal();

try {
  process.exitCode = (await corpus(stopping)) ? 0 : 1;
} catch (error) {
  if (stopping.aborted) console.error(stopping.reason.message);
  else explain(error);
  process.exitCode = 1;
}

async function corpus(signal) {
  const options = readOptions();
  await prepare({ build: true, signal });
  // What follows needs the installed packages.
  const { startTemporaryPostgres } = await import('./temporary-postgres.mjs');
  const postgres = await startTemporaryPostgres({ signal });
  try {
    const apiKey = await fillDatabase(postgres, signal);
    await import('./typescript-loader.mjs');
    const { runCorpus } = await import('../test/corpus/run.ts');
    const { ownerUrl, appUrl } = postgres;
    return await runCorpus({ ...options, ownerUrl, appUrl, apiKey, leash, signal });
  } finally {
    await postgres.stop();
  }
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const folder = path.resolve(root, positionals[0] ?? '../shared/fixtures/recorded');
  if (!existsSync(folder))
    throw new Advice(`There is no folder ${folder}: name one with recorded cases.`);
  return { folder, ...values };
}

/** Tables, catalogue and an organization with a key that only this run knows. */
async function fillDatabase({ ownerUrl, appUrl }, signal) {
  const { migrate } = await import('./migrate.mjs');
  const { appRole } = await import('./postgres/roles.mjs');
  const { runCommand } = await import('./command.mjs');
  const { createKey } = await import(path.join(root, 'dist/tenants/keys/key-format.js'));
  await migrate(ownerUrl, { appRole, log: () => {} });
  const apiKey = createKey('osm_').key;
  const env = {
    DATABASE_URL: appUrl,
    DATABASE_OWNER_URL: ownerUrl,
    SEED_API_KEY: apiKey,
    LOG_LEVEL: 'error',
  };
  const { status, output } = await runCommand(process.execPath, ['dist/seed.js'], { env, signal });
  if (status !== 0)
    throw new Advice(
      `${output.trimEnd()}\n\nThe database could not be filled; the reason is above.`,
    );
  return apiKey;
}
