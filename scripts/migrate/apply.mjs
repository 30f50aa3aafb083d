import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** As Prisma creates it, so that its commands go on working with this database. */
const recordTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY NOT NULL,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

/**
 * Applies, in the order of their names, the migrations of `directory` that the database has not seen.
 * Each is one transaction together with its record. The caller holds the migration lock.
 *
 * @param {import('pg').Client} client
 * @returns {Promise<number>} how many were applied
 * @throws {Error} naming the migration; also when Prisma's commands left a failed one
 */
export async function applyPending(client, directory, log) {
  await client.query(recordTable);
  const known = await appliedChecksums(client);
  const pending = migrationsIn(directory).filter(({ name, checksum }) => {
    if (known.has(name) && known.get(name) !== checksum) {
      log(`warning: migration ${name} was changed after it had been applied`);
    }
    return !known.has(name);
  });
  for (const migration of pending) {
    await apply(client, migration);
    log(`applied migration ${migration.name}`);
  }
  return pending.length;
}

async function appliedChecksums(client) {
  const { rows } = await client.query(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const failed = rows.filter((row) => row.finished_at === null).map((row) => row.migration_name);
  if (failed.length > 0) {
    throw new Error(
      `These migrations failed earlier and need \`prisma migrate resolve\`: ${failed.join(', ')}`,
    );
  }
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function migrationsIn(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function apply(client, { name, sql, checksum }) {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // The connection may be gone; its error tells more.
    throw new Error(`Migration ${name} failed: ${error.message}`, { cause: error });
  }
}
