import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ExpiryService } from '../../src/billing/retention/expiry.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { logRequests } from '../support/request-log.js';
import { connect, makeTenant, type Rows } from '../support/tenant.js';

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

let database: TestDatabase;
let rows: Rows;
let pool: DatabaseService;
let expiry: ExpiryService;
/** The organizations of a test, so that tests of one database do not meet. */
let a: string;
let b: string;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  database = await createTestDatabase();
  rows = connect(database.url);
  pool = new DatabaseService(Object.assign(new Environment(), { DATABASE_URL: database.appUrl }));
  expiry = new ExpiryService(pool);
});
afterAll(async () => {
  await pool.pool.end();
  await rows.close();
  await database.drop();
  jest.restoreAllMocks();
});
beforeEach(async () => {
  const names = [nextUlid(), nextUlid()] as const;
  for (const name of names) await makeTenant(rows, name);
  [a, b] = [`org_${names[0]}`, `org_${names[1]}`];
});

async function retain(organization: string, retention: string, bodyDays = 30, logDays = 400) {
  await rows.query(
    'UPDATE organization SET retention = $2, body_days = $3, log_days = $4 WHERE id = $1',
    [organization, retention, bodyDays, logDays],
  );
}

/** Keeps a body of a call that began so many days ago and expires in so many. */
async function keepBody(organization: string, call: string, began: number, expires: number) {
  await rows.query(
    `INSERT INTO request_body (call_id, organization_id, key_id, wrapped_key, ciphertext, started_at, expires_at)
     VALUES ($1, $2, 'k', '', '', $3, $4)`,
    [call, organization, daysAgo(began), daysAgo(-expires)],
  );
}

async function calls(table: string, organization: string): Promise<unknown[]> {
  const found = await rows.query(
    `SELECT call_id FROM ${table} WHERE organization_id = $1 ORDER BY call_id`,
    [organization],
  );
  return found.map((row) => String(row['call_id']).replace(organization, ''));
}

describe('bodies', () => {
  it('go when their days are over', async () => {
    await retain(a, 'full');
    await keepBody(a, `${a}over`, 29, -0.001);
    await keepBody(a, `${a}yet`, 29, 0.01);
    expect(await expiry.bodies()).toBe(1);
    expect(await calls('request_body', a)).toEqual(['yet']);
    expect(await expiry.bodies()).toBe(0);
  });

  it('go when the organization wants to keep them for fewer days, or no longer', async () => {
    await retain(a, 'full', 3);
    await retain(b, 'metadata');
    await keepBody(a, `${a}old`, 4, 20);
    await keepBody(a, `${a}young`, 2, 20);
    await keepBody(b, `${b}any`, 0, 20);
    expect(await expiry.bodies()).toBe(2);
    expect(await calls('request_body', a)).toEqual(['young']);
    expect(await calls('request_body', b)).toEqual([]);
  });
});

describe('rows of the log', () => {
  it('go after the days of their organization, whatever partition they are in', async () => {
    await retain(a, 'metadata', 30, 10);
    const log = (organization: string, name: string, days: number) => ({
      call_id: `${organization}${name}`,
      organization_id: organization,
      started_at: daysAgo(days),
    });
    await logRequests(rows, [
      log(a, 'new', 0),
      log(a, 'nine', 9.9),
      log(a, 'ten', 10.1),
      log(a, 'old', 500),
      log(b, 'ten', 10.1),
      log(b, 'old', 401),
    ]);
    expect(await expiry.log()).toBe(3);
    expect(await calls('request_log', a)).toEqual(['new', 'nine']);
    expect(await calls('request_log', b)).toEqual(['ten']);
    expect(await expiry.log()).toBe(0);
  });

  it('go at once when the organization keeps nothing any more', async () => {
    await logRequests(rows, [{ organization_id: a, call_id: `${a}x` }]);
    await retain(a, 'none');
    expect(await expiry.log()).toBe(1);
    expect(await calls('request_log', a)).toEqual([]);
  });

  it('go in batches, also where there are many', async () => {
    await retain(a, 'metadata', 30, 10);
    await rows.query(
      `INSERT INTO request_log SELECT (log).* FROM (
         SELECT jsonb_populate_record(NULL::request_log, to_jsonb(one) || jsonb_build_object('call_id', one.call_id || n))
           AS log FROM request_log AS one, generate_series(1, 4500) AS n WHERE one.call_id = $1) AS many`,
      [(await logRequests(rows, [{ organization_id: a, started_at: daysAgo(11) }]))[0]],
    );
    expect(await expiry.log()).toBe(4_501);
    expect(await calls('request_log', a)).toEqual([]);
  });
});

describe('records of repeatable writes', () => {
  it('go after two days', async () => {
    for (const [key, hours] of [
      ['old', 48.1],
      ['new', 47.9],
    ] as const) {
      await rows.query(
        `INSERT INTO idempotency_record (actor_id, key, method, path, body_hash, answer, created_at)
         VALUES ($1, $2, 'POST', '/', '', '{}', now() - make_interval(secs => $3))`,
        [a, key, hours * 3_600],
      );
    }
    expect(await expiry.idempotency()).toBe(1);
    expect(await rows.query('SELECT key FROM idempotency_record')).toEqual([{ key: 'new' }]);
  });
});
