import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { applyPending } from './migrate/apply.mjs';
import { Advice, explain, loadDotEnv, root } from './project.mjs';

/** The lock that Prisma's own engine takes, so that both exclude each other. */
const prismaLock = 72707369;

/**
 * Applies the pending migrations in `prisma/migrations` and keeps Prisma's own record of them. Safe
 * when several processes call it at once: one applies them, the others wait and find nothing to do.
 *
 * @param {string} url the owner of the tables
 * @param {object} [options]
 * @param {(line: string) => void} [options.log]
 * @param {string} [options.appRole] role to which `prisma/grants.sql` gives its rights; in that file
 *   it is written as `:"app_role"`, as psql has it
 * @param {string} [options.directory] the migrations
 * @returns {Promise<number>} how many were applied
 * @throws {Advice} when the database cannot be reached; {Error} naming the migration that failed,
 *   of which nothing is left in the database
 */
export async function migrate(url, { log = console.log, appRole, directory } = {}) {
  const client = new pg.Client({ connectionString: withoutPrismaParameters(url) });
  await client.connect().catch((error) => {
    throw unreachable(url, error);
  });
  try {
    await client.query('SELECT pg_advisory_lock($1::bigint)', [prismaLock]);
    // Row-level security holds for an owner that is no superuser; a migration may touch everybody's rows.
    await client.query("SET osm.organization = '*'");
    const applied = await applyPending(
      client,
      directory ?? path.join(root, 'prisma/migrations'),
      log,
    );
    if (appRole) await grant(client, appRole);
    return applied;
  } finally {
    await client.end();
  }
}

async function grant(client, role) {
  const file = path.join(root, 'prisma/grants.sql');
  if (!existsSync(file)) return;
  const sql = readFileSync(file, 'utf8').replaceAll(':"app_role"', client.escapeIdentifier(role));
  await client.query(sql);
}

/** Prisma's URLs may carry parameters that the server would refuse. */
function withoutPrismaParameters(url) {
  const parsed = new URL(url);
  for (const name of ['schema', 'connection_limit', 'pool_timeout'])
    parsed.searchParams.delete(name);
  return parsed.toString();
}

function unreachable(url, error) {
  const { host, pathname } = new URL(url);
  return new Advice(
    `Postgres at ${host}${pathname} does not let us in: ${error.message || error.code}\n` +
      'Check DATABASE_URL: server running, database created, user and password right?',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  loadDotEnv();
  const url = process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL;
  try {
    if (!url) throw new Advice('Set DATABASE_URL to the database that is to be migrated.');
    const applied = await migrate(url, { appRole: process.env.DATABASE_APP_ROLE });
    console.log(`${applied} migration(s) applied`);
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  }
}
