import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { PartitionsService } from '../../src/billing/retention/partitions.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { closeOf, identityOf } from '../support/journal.js';
import { DAY, inOneWindow } from '../support/one-window.js';
import { logRequests } from '../support/request-log.js';
import { connect, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let pool: DatabaseService;
let partitions: PartitionsService;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  database = await createTestDatabase();
  rows = connect(database.url);
  pool = new DatabaseService(Object.assign(new Environment(), { DATABASE_URL: database.appUrl }));
  partitions = new PartitionsService(pool);
});
afterAll(async () => {
  await pool.pool.end();
  await rows.close();
  await database.drop();
  jest.restoreAllMocks();
});

/** In which partition a call is. */
async function partitionOf(call: string): Promise<unknown> {
  const [row] = await rows.query(
    `SELECT replace(tableoid::regclass::text, 'request_log_partitions.request_log_', '') AS name
     FROM request_log WHERE call_id = $1`,
    [call],
  );
  return row?.['name'];
}

async function months(): Promise<unknown[]> {
  const found = await rows.query(
    `SELECT replace(relname, 'request_log_', '') AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = 'request_log'::regclass AND relname <> 'request_log_default' ORDER BY relname`,
  );
  return found.map(({ name }) => name);
}

/** The name of the partition for the month of a moment, or of one so many months later. */
function partitionFor(moment: string, later = 0): string {
  const month = new Date(`${moment.slice(0, 7)}-01T00:00:00Z`);
  month.setUTCMonth(month.getUTCMonth() + later);
  return month.toISOString().slice(0, 7).replace('-', '_');
}

const now = (): string => new Date().toISOString();

describe('partitions of the request log', () => {
  it('are there for the month of the migration and the next two', async () => {
    const [row] = await rows.query(
      `SELECT finished_at FROM _prisma_migrations WHERE migration_name LIKE '%request_log'`,
    );
    const migrated = (row?.['finished_at'] as Date).toISOString();
    expect(await months()).toEqual([0, 1, 2].map((later) => partitionFor(migrated, later)));
    // Its partition is never an empty one, though its month may be over by the next test.
    await logRequests(rows, [{ started_at: migrated }]);
  });

  it(
    'are made for this month and the next three; making them twice makes none',
    inOneWindow(DAY, async () => {
      const began = now();
      await partitions.ensure();
      const ahead = (await months()).filter((name) => String(name) >= partitionFor(began));
      expect(ahead).toEqual([0, 1, 2, 3].map((later) => partitionFor(began, later)));
      expect(await partitions.ensure()).toBe(0);
    }),
  );

  it('take what is posted, by its month', async () => {
    const started_at = now();
    const [call = ''] = await logRequests(rows, [{ started_at }]);
    expect(await partitionOf(call)).toBe(partitionFor(started_at));
  });

  it('take what was posted before they were made, by the month in UTC', async () => {
    const calls = await logRequests(rows, [
      { started_at: '2025-01-31T23:59:59.999Z' },
      { started_at: '2025-02-01T00:00:00Z' },
    ]);
    const found = () => Promise.all(calls.map(partitionOf));
    expect(await found()).toEqual(['default', 'default']);
    // A month that began meanwhile is made, too.
    expect(await partitions.ensure()).toBeGreaterThanOrEqual(2);
    expect(await found()).toEqual(['2025_01', '2025_02']);
    const [left] = await rows.query(
      'SELECT count(*)::int AS count FROM request_log_partitions.request_log_default',
    );
    expect(left).toEqual({ count: 0 });
  });

  it('are made once when many ask at a time, while calls are posted', async () => {
    const asked = Array.from({ length: 4 }, () => partitions.ensure());
    const started_at = '2025-03-15T00:00:00Z';
    for (let call = 0; call < 20; call++) await logRequests(rows, [{ started_at }]);
    await Promise.all(asked);
    await Promise.all([partitions.ensure(), partitions.ensure()]);
    const [kept] = await rows.query(
      'SELECT count(*)::int AS count FROM request_log WHERE started_at = $1',
      [started_at],
    );
    expect(kept).toEqual({ count: 20 });
    expect(await months()).toContain('2025_03');
  });

  it('that are old and empty go, and no others', async () => {
    await rows.query(`DELETE FROM request_log WHERE started_at < '2025-02-01'`);
    const before = await months();
    expect(await partitions.dropEmpty()).toBe(1);
    expect(await months()).toEqual(before.filter((name) => name !== '2025_01'));
    expect(await partitions.dropEmpty()).toBe(0);
  });

  it('wait for nobody: a reader of the log makes dropping give up, and hinders nothing else', async () => {
    await rows.query(`DELETE FROM request_log WHERE started_at < '2025-03-01'`);
    const reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT FROM request_log LIMIT 1');
    await expect(partitions.dropEmpty()).rejects.toThrow('lock timeout');
    await reader.query('COMMIT');
    expect(await partitions.dropEmpty()).toBe(1);
    await reader.query('BEGIN');
    await reader.query('SELECT FROM request_log LIMIT 1');
    expect(await partitions.dropEmpty()).toBe(0);
    await reader.end();
  });

  it.each([-1, 61])('are not made %s months ahead', async (ahead) => {
    const asked = rows.query('SELECT ensure_request_log_partitions($1)', [ahead]);
    await expect(asked).rejects.toThrow('must be from 0 to 60');
  });
});

describe('an organization that keeps nothing, or was deleted', () => {
  it('has no row in the log', async () => {
    await rows.query(`INSERT INTO organization (id, name, retention, deleted_at) VALUES
      ('org_none', 'x', 'none', NULL), ('org_meta', 'x', 'metadata', NULL), ('org_full', 'x', 'full', NULL),
      ('org_gone', 'x', 'metadata', now())`);
    const organizations = ['org_none', 'org_meta', 'org_full', 'org_gone'];
    const closes = organizations.map((organization) =>
      closeOf(`call_of_${organization}`, '0', { identity: identityOf({ organization }) }),
    );
    await rows.query(`SELECT post_calls('process', $1::jsonb)`, [JSON.stringify(closes)]);
    const found = await rows.query(
      'SELECT organization_id FROM request_log WHERE organization_id = ANY ($1) ORDER BY 1',
      [organizations],
    );
    expect(found).toEqual([{ organization_id: 'org_full' }, { organization_id: 'org_meta' }]);
  });
});

/** With so few rows Postgres would not take an index by itself; what is asked is whether it may. */
describe('the usual query of a filter', () => {
  it.each([
    ['organization', "organization_id = 'org_1'"],
    ['key', "api_key_id = 'key_1'"],
    ['project', "project_id = 'prj_1'"],
    ['member', "member_id = 'mem_1'"],
    ['model', "model_id = 'm'"],
    ['provider', "provider_id = 'groq'"],
    ['status', 'status = 502'],
    ['outcome', "outcome = 'failed'"],
    ['error', "error_code = 'upstream_error'"],
    ['source', "source = 'app'"],
    ['session', "session_id = 's'"],
  ])('by %s enters an index, behind the wall', async (_what, condition) => {
    const entered = await indexConditions(
      `organization_id = 'org_1' AND ${condition} AND started_at >= now() - interval '31 days'`,
    );
    expect(entered.length).toBeGreaterThan(0);
    for (const line of entered) expect(line).toContain(`(${condition})`);
  });

  it('by id enters an index for each kind of id', async () => {
    const kinds = ["call_id = 'x'", "client_request_id = 'x'", "upstream_id = 'x'"];
    const entered = await indexConditions(kinds.join(' OR '));
    for (const kind of kinds) expect(entered.join()).toContain(`(${kind})`);
  });

  async function indexConditions(condition: string): Promise<string[]> {
    const app = connect(
      `${database.appUrl}?options=-c%20osm.organization%3Dorg_1%20-c%20enable_seqscan%3Doff`,
    );
    const plan = await app.query(
      `EXPLAIN SELECT * FROM request_log WHERE ${condition} ORDER BY started_at DESC, call_id DESC LIMIT 50`,
    );
    await app.close();
    return plan
      .map((line) => String(line['QUERY PLAN']).replaceAll('::text', ''))
      .filter((line) => line.includes('Index Cond'));
  }
});
