import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { logRequests } from '../support/request-log.js';
import { connect, type Rows } from '../support/tenant.js';
import { Script } from './scripts/processes.js';

const MIGRATIONS = path.resolve(import.meta.dirname, '../../prisma/migrations');

let database: TestDatabase;
let rows: Rows;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});

describe('the migration to partitions', () => {
  it('keeps the rows that were there', async () => {
    const name = `osm_test_${randomUUID().replaceAll('-', '')}`;
    const url = new URL(database.url);
    url.pathname = `/${name}`;
    await rows.query(`CREATE DATABASE ${name}`);
    const before = mkdtempSync(path.join(tmpdir(), 'osm-migrations-'));
    try {
      for (const folder of readdirSync(MIGRATIONS).filter((entry) => entry < '20261122000250'))
        cpSync(path.join(MIGRATIONS, folder), path.join(before, folder), { recursive: true });
      await migrateFrom(before, url.toString());
      const old = connect(url.toString());
      await logRequests(old, [
        { call_id: 'old', started_at: '2026-09-30T23:59:59Z' },
        { call_id: 'new', started_at: '2026-10-01T00:00:00Z' },
      ]);
      const script = new Script(['scripts/migrate.mjs'], { DATABASE_URL: url.toString() });
      expect([await script.ended, script.output]).toEqual([0, expect.any(String)]);
      const found = await old.query(
        'SELECT call_id, tableoid::regclass::text AS partition FROM request_log ORDER BY started_at',
      );
      expect(found).toEqual([
        { call_id: 'old', partition: 'request_log_partitions.request_log_2026_09' },
        {
          call_id: 'new',
          partition: 'request_log_partitions.request_log_2026_10',
        },
      ]);
      await old.close();
    } finally {
      await rows.query(`DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(before, { recursive: true, force: true });
    }
  });
});

async function migrateFrom(directory: string, url: string): Promise<void> {
  const file = path.resolve(import.meta.dirname, '../../scripts/migrate.mjs');
  const { migrate } = (await import(file)) as {
    migrate: (url: string, options: { directory: string; log: () => void }) => Promise<number>;
  };
  await migrate(url, { directory, log: () => undefined });
}
