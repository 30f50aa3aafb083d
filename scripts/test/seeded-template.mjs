import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { runCommand } from '../command.mjs';

const seededTemplate = 'osm_template_seeded';

/**
 * Creates, anew, the database that the built programs are tested on: the template with catalogue and first
 * organization, as `dist/seed.js` makes them.
 *
 * @param {{template: string, ownerUrl: string, appUrl: string, signal?: AbortSignal}} options
 * @returns {Promise<{TEST_SEEDED_API_KEY: string, TEST_SEEDED_ADMIN_TOKEN: string}>} what the seed printed
 * @throws Error with what the seed printed, when it fails
 */
export async function createSeededTemplate({ template, ownerUrl, appUrl, signal }) {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${seededTemplate} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${seededTemplate} TEMPLATE ${template}`);
  } finally {
    await client.end();
  }
  const output = await seed(appUrl, signal);
  const [TEST_SEEDED_API_KEY] = /osm_[0-9A-Za-z]{46}/.exec(output) ?? [];
  const [TEST_SEEDED_ADMIN_TOKEN] = /osmadm_[0-9A-Za-z]{46}/.exec(output) ?? [];
  if (!TEST_SEEDED_API_KEY || !TEST_SEEDED_ADMIN_TOKEN)
    throw new Error(`The seed printed no key or no token:\n${output}`);
  return { TEST_SEEDED_API_KEY, TEST_SEEDED_ADMIN_TOKEN };
}

async function seed(appUrl, signal) {
  const url = new URL(appUrl);
  url.pathname = `/${seededTemplate}`;
  const DATA_DIR = mkdtempSync(path.join(tmpdir(), 'osm-seed-'));
  try {
    const env = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      DATA_DIR,
      DATABASE_URL: url.toString(),
      // Not those of whoever runs the tests.
      ADMIN_TOKEN: undefined,
      SEED_API_KEY: undefined,
    };
    const { status, output } = await runCommand(process.execPath, ['dist/seed.js'], {
      env,
      signal,
    });
    if (status !== 0) throw new Error(`The seed ended with ${status}:\n${output}`);
    return output;
  } finally {
    rmSync(DATA_DIR, { recursive: true, force: true });
  }
}
