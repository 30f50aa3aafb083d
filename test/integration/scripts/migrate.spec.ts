import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Script } from './processes.js';

const migrations = readdirSync(path.resolve(import.meta.dirname, '../../../prisma/migrations'), {
  withFileTypes: true,
}).filter((entry) => entry.isDirectory());

describe('scripts/migrate.mjs', () => {
  const server = process.env['TEST_DATABASE_URL'] ?? '';
  const database = `osm_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${database}`;

  beforeAll(() => query(server, `CREATE DATABASE ${database} TEMPLATE template0`));
  afterAll(() => query(server, `DROP DATABASE ${database} WITH (FORCE)`));

  it('applies every migration once when two run at a time, and then none', async () => {
    const both = [migrate(), migrate()];
    const [first, second] = await Promise.all(both);
    expect([first, second].sort()).toEqual([0, migrations.length].sort());
    expect(await migrate()).toBe(0);

    const { rows } = await query(
      url.toString(),
      'SELECT count(*)::int AS records, count(finished_at)::int AS finished FROM _prisma_migrations',
    );
    expect(rows).toEqual([{ records: migrations.length, finished: migrations.length }]);
  });

  it('says what to do when the database is not there', async () => {
    const nowhere = new URL(server);
    nowhere.pathname = '/not_there';
    const script = new Script(['scripts/migrate.mjs'], { DATABASE_URL: nowhere.toString() });
    expect(await script.ended).toBe(1);
    expect(script.output).toContain('Check DATABASE_URL');
    expect(script.output).not.toContain('    at ');
  });

  async function migrate(): Promise<number> {
    const script = new Script(['scripts/migrate.mjs'], { DATABASE_URL: url.toString() });
    const [, applied] = await script.printed(/(\d+) migration\(s\) applied/);
    expect(await script.ended).toBe(0);
    return Number(applied);
  }
});

async function query(connectionString: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
