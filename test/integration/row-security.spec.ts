import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Environment } from '../../src/platform/env.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { TenantDatabaseService } from '../../src/platform/tenant-database.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { logRequests } from '../support/request-log.js';
import { anyRow, connectWithoutChecks, tenantTables } from '../support/tenant-rows.js';
import { connect, makeTenant, type Rows } from '../support/tenant.js';
import { Script } from './scripts/processes.js';

let database: TestDatabase;
let owner: Rows;
let tables: string[];

/** A connection of the gateway's own role that may see this organization, all with '*', none without. */
function asApp(organization?: string): Rows {
  const options = organization && `?options=-c%20osm.organization%3D${organization}`;
  return connect(`${database.appUrl}${options ?? ''}`);
}

async function withApp<T>(
  organization: string | undefined,
  work: (app: Rows) => Promise<T>,
): Promise<T> {
  const app = asApp(organization);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

async function count(rows: Rows, table: string): Promise<number> {
  const [row] = await rows.query(`SELECT count(*)::int AS count FROM ${table}`);
  return Number(row?.['count']);
}

/** How a statement was refused: its SQLSTATE, or undefined where it was not. */
async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  );
}

/** Refused by a policy, or by the role's rights. */
const NOT_ALLOWED = '42501';

/** Each table has a row of organization a and one of b, whatever its columns are. */
beforeAll(async () => {
  database = await createTestDatabase();
  owner = connectWithoutChecks(database.url);
  tables = await tenantTables(owner);
  for (const table of tables)
    for (const name of ['a', 'b']) await owner.query(...(await anyRow(owner, table, name)));
});
afterAll(async () => {
  await owner.close();
  await database.drop();
});

describe('row-level security', () => {
  it('stands before every table with rows of tenants, and before every partition, for its owner too', async () => {
    const unprotected = await owner.query(
      `SELECT relname FROM pg_class
       WHERE (relname = ANY ($1) OR relnamespace = 'request_log_partitions'::regnamespace) AND relkind IN ('r', 'p')
         AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (
           SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'tenant_rows' AND polcmd = '*'))`,
      [tables],
    );
    expect(unprotected).toEqual([]);
    expect(tables).toEqual(
      expect.arrayContaining(['api_key', 'ledger_transaction', 'request_body', 'request_log']),
    );
  });

  it('shows nothing without the setting, and only what is of the organization with it', async () => {
    const counts = (organization?: string) =>
      withApp(organization, async (app) => {
        const found = [];
        for (const table of tables) found.push([table, await count(app, table)]);
        return found;
      });
    expect(await counts()).toEqual(tables.map((table) => [table, 0]));
    expect(await counts('')).toEqual(tables.map((table) => [table, 0]));
    expect(await counts('org_a')).toEqual(tables.map((table) => [table, 1]));
    expect(await counts('*')).toEqual(tables.map((table) => [table, 2]));
  });

  it('shows rows of the organization alone', async () => {
    await withApp('org_a', async (app) => {
      const own = tables.filter((table) => !['organization', 'posting'].includes(table));
      for (const table of own) {
        const rows = await app.query(`SELECT organization_id FROM ${table}`);
        expect([table, rows]).toEqual([table, [{ organization_id: 'org_a' }]]);
      }
      expect(await app.query('SELECT id FROM organization')).toEqual([{ id: 'org_a' }]);
      expect(await app.query('SELECT transaction_id FROM posting')).toEqual([
        { transaction_id: 'ledger_transaction_a' },
      ]);
    });
  });

  it('refuses to write a row of another organization', async () => {
    for (const table of tables) {
      const insert = await anyRow(owner, table, 'b');
      const byA = await withApp('org_a', (app) => refusal(app.query(...insert)));
      const byNobody = await withApp(undefined, (app) => refusal(app.query(...insert)));
      expect([table, byA, byNobody]).toEqual([table, NOT_ALLOWED, NOT_ALLOWED]);
      expect([table, await count(owner, table)]).toEqual([table, 2]);
    }
  });

  it('lets nobody change, move or delete a row of another organization', async () => {
    await withApp('org_a', async (app) => {
      for (const table of tables.filter((name) => !['organization', 'posting'].includes(name))) {
        for (const statement of [
          `UPDATE ${table} SET organization_id = organization_id WHERE organization_id = 'org_b'`,
          `DELETE FROM ${table} WHERE organization_id = 'org_b'`,
        ])
          expect([undefined, NOT_ALLOWED]).toContain(await refusal(app.query(statement)));
        const move = `UPDATE ${table} SET organization_id = 'org_b'`;
        expect([table, await refusal(app.query(move))]).toEqual([
          table,
          expect.stringMatching(/^(42501|23000)$/),
        ]);
      }
      await app.query(`UPDATE organization SET name = 'stolen' WHERE id = 'org_b'`);
    });
    const left = await owner.query(
      `SELECT (SELECT count(*)::int FROM project WHERE organization_id = 'org_b') AS projects,
         (SELECT count(*)::int FROM request_log WHERE organization_id = 'org_b') AS requests,
         (SELECT name FROM organization WHERE id = 'org_b') AS name`,
    );
    expect(left).toEqual([{ projects: 1, requests: 1, name: 'organization_b' }]);
  });

  it('hides what belongs to the platform from every organization', async () => {
    for (const table of ['audit_entry', 'admin_token', 'provider_credential']) {
      const [sql, values] = await anyRow(owner, table, 'platform');
      await owner.query(
        sql,
        values.map((value) => (value === 'org_platform' ? null : value)),
      );
      expect([table, await withApp('org_a', (app) => count(app, table))]).toEqual([table, 1]);
      expect([table, await withApp('*', (app) => count(app, table))]).toEqual([table, 3]);
    }
  });

  it('has no way around through the partitions', async () => {
    await withApp('*', async (app) => {
      const [partition] = await owner.query(
        `SELECT min(tableoid::regclass::text) AS name FROM request_log`,
      );
      const query = app.query(`SELECT * FROM ${String(partition?.['name'])}`);
      expect(await refusal(query)).toBe(NOT_ALLOWED);
    });
  });
});

describe('the tenant database', () => {
  it('sees one organization even where a query forgets to name it, and all of them only when asked', async () => {
    const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
    const prisma = new PrismaService(environment);
    const tenants = new TenantDatabaseService(prisma);
    const ids = (rows: readonly { organizationId: string }[]) =>
      rows.map(({ organizationId }) => organizationId).sort();
    try {
      const own = await tenants.within('org_a', (transaction) => transaction.apiKey.findMany());
      expect(ids(own)).toEqual(['org_a']);
      const all = await tenants.everywhere((transaction) => transaction.apiKey.findMany());
      expect(ids(all)).toEqual(['org_a', 'org_b']);
      expect(ids(await prisma.apiKey.findMany())).toEqual(['org_a', 'org_b']);
    } finally {
      await prisma.$disconnect();
    }
  });
});

/** A managed database may give one role for everything, which owns the tables and is no superuser. */
describe('an installation with one role', () => {
  const role = `osm_one_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? 'postgresql://x');
  let server: Rows;
  let single: Rows;

  beforeAll(async () => {
    server = connect(url.toString());
    await server.query(`CREATE ROLE ${role} LOGIN PASSWORD 'one'`);
    await server.query(`CREATE DATABASE ${role} OWNER ${role}`);
    url.username = role;
    url.password = 'one';
    url.pathname = `/${role}`;
    const migration = new Script(['scripts/migrate.mjs'], { DATABASE_URL: url.toString() });
    expect([await migration.ended, migration.output]).toEqual([0, expect.any(String)]);
    single = connect(`${url.toString()}?options=-c%20osm.organization%3D*`);
    await makeTenant(single, 'a');
    await makeTenant(single, 'b');
  });
  afterAll(async () => {
    await single.close();
    await server.query(`DROP DATABASE ${role} WITH (FORCE)`);
    await server.query(`DROP ROLE ${role}`);
    await server.close();
  });

  it('logs requests, and makes partitions, which opens no door', async () => {
    await logRequests(single, [
      { organization_id: 'org_a' },
      { organization_id: 'org_a', started_at: '2025-01-01T00:00:00Z' },
    ]);
    expect(await count(single, 'request_log')).toBe(2);
    const plain = connect(url.toString());
    const [row] = await plain.query(
      'SELECT ensure_request_log_partitions(0) AS made, (SELECT count(*)::int FROM project) AS seen',
    );
    expect(row).toEqual({ made: 1, seen: 0 });
    const old = await single.query(
      `SELECT tableoid::regclass::text AS name FROM request_log WHERE started_at < '2026-01-01'`,
    );
    expect(old).toEqual([{ name: 'request_log_partitions.request_log_2025_01' }]);
    await plain.query(
      'BEGIN; SELECT ensure_request_log_partitions(0); CREATE TEMP TABLE seen AS SELECT FROM project; COMMIT',
    );
    expect(await count(plain, 'seen')).toBe(0);
    await plain.close();
  });

  it('has the wall too, wherever an organization is named', async () => {
    expect(await count(single, 'project')).toBe(2);
    const plain = connect(url.toString());
    expect(await count(plain, 'project')).toBe(0);
    await plain.close();
    const own = connect(`${url.toString()}?options=-c%20osm.organization%3Dorg_b`);
    expect(await own.query('SELECT id FROM project')).toEqual([{ id: 'prj_b' }]);
    expect(await count(own, 'request_log')).toBe(0);
    await own.close();
  });
});
