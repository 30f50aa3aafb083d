import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ExpiryService } from '../../src/billing/retention/expiry.service.js';
import { OrganizationContentService } from '../../src/billing/retention/organization-content.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { nextUlid } from '../../src/platform/ulid.adapter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { logRequests } from '../support/request-log.js';
import { connect, giveCredit, makeTenant, type Rows } from '../support/tenant.js';

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);

let database: TestDatabase;
let rows: Rows;
let pool: DatabaseService;
let expiry: ExpiryService;
let organizations: OrganizationContentService;
/** The organizations of a test, so that tests of one database do not meet. */
let a: string;
let b: string;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  database = await createTestDatabase();
  rows = connect(database.url);
  pool = new DatabaseService(Object.assign(new Environment(), { DATABASE_URL: database.appUrl }));
  expiry = new ExpiryService(pool);
  organizations = new OrganizationContentService(pool);
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

describe('a deleted organization', () => {
  /** Everything that tells of people, in `organization`. */
  async function fill(organization: string): Promise<void> {
    const name = organization.replace('org_', '');
    await giveCredit(rows, name, '1');
    await keepBody(organization, `${organization}1`, 0, 20);
    await logRequests(rows, [{ organization_id: organization, call_id: `${organization}1` }]);
    await rows.query(
      `INSERT INTO member (id, organization_id, email, name, role)
       VALUES ('mem_' || $1, $2, 'anna@example.com', 'Anna Secret', 'owner')`,
      [name, organization],
    );
    await rows.query(
      `INSERT INTO provider_credential (id, organization_id, provider_id, name, origin, hint, key_id, wrapped_key,
         ciphertext) VALUES ('crd_' || $1, $2, 'openai', 'Secret', 'x', 'x', 'k', '', '')`,
      [name, organization],
    );
    await rows.query(
      `INSERT INTO rule (id, organization_id, scope, scope_id, effect, kind, subject, note)
       VALUES ('rul_' || $1, $2, 'organization', $2, 'deny', 'model', '{}', 'Secret')`,
      [name, organization],
    );
    await rows.query(
      `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix)
       VALUES ('key_' || $1, $2, 'prj_' || $1, 'Annas Secret', $3, 'osm_x')`,
      [name, organization, Buffer.from(name)],
    );
    await rows.query(
      `INSERT INTO admin_token (id, organization_id, member_id, name, hash, prefix)
       VALUES ('adm_' || $1, $2, 'mem_' || $1, 'Annas Secret', $3, 'osmadm_x')`,
      [name, organization, Buffer.from(name)],
    );
    await rows.query(
      `INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, units, cost_lines, amount,
         provider_cost, charged, rank, occurred_at)
       SELECT $1 || call, revision, $1, 'prj', 'key', '{}', '[]', 1.5, 1, true, 'final', '2026-11-01'
       FROM generate_series(1, 2100) AS call, generate_series(1, 2) AS revision`,
      [organization],
    );
    await rows.query(
      `INSERT INTO usage_hourly (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source,
         requests, amount) SELECT $1, '2026-11-01', 'p', 'k', 'm', 'o', 'x', source, 2, 1.5
       FROM unnest(ARRAY['Secret', 'Secret too', '']) AS source`,
      [organization],
    );
    await rows.query(
      `INSERT INTO usage_hourly_tag (organization_id, hour, tag_name, tag_value)
       VALUES ($1, '2026-11-01', 'who', 'Secret')`,
      [organization],
    );
  }

  /** In how many tables the word stands in rows of the organization. */
  async function tablesWithSecrets(organization: string): Promise<unknown[]> {
    const tables = await rows.query(
      `SELECT table_name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'organization_id' ORDER BY 1`,
    );
    const found = [];
    for (const { table_name: table } of tables) {
      const [row] = await rows.query(
        `SELECT count(*)::int AS count FROM ${String(table)} AS r
         WHERE organization_id = $1 AND to_jsonb(r)::text ~ 'Secret|anna@'`,
        [organization],
      );
      if (Number(row?.['count']) > 0) found.push(table);
    }
    return found;
  }

  const figures = async (organization: string) =>
    rows.query(
      `SELECT (SELECT count(*)::int FROM usage_event WHERE organization_id = $1) AS events,
         (SELECT trim_scale(sum(amount))::text FROM usage_event WHERE organization_id = $1) AS used,
         (SELECT sum(requests)::int FROM usage_hourly WHERE organization_id = $1) AS requests,
         (SELECT trim_scale(sum(amount))::text FROM usage_hourly WHERE organization_id = $1) AS hourly,
         (SELECT count(*)::int FROM ledger_transaction WHERE organization_id = $1) AS transactions`,
      [organization],
    );

  it('has nothing left but its ledger and its figures', async () => {
    await Promise.all([fill(a), fill(b)]);
    const before = await figures(a);
    await rows.query(
      `UPDATE organization SET deleted_at = now() - interval '16 minutes' WHERE id = $1`,
      [a],
    );
    expect((await tablesWithSecrets(a)).length).toBeGreaterThan(6);
    expect(await organizations.sweep()).toBe(1);
    expect(await tablesWithSecrets(a)).toEqual([]);
    for (const table of ['request_log', 'request_body']) expect(await calls(table, a)).toEqual([]);
    expect(await figures(a)).toEqual(before);
    expect(before).toEqual([
      { events: 4_200, used: '6300', requests: 6, hourly: '4.5', transactions: 1 },
    ]);
    expect((await tablesWithSecrets(b)).length).toBeGreaterThan(6);
    expect(await calls('request_body', b)).toEqual(['1']);
    expect(await organizations.sweep()).toBe(0);
    const [times] = await rows.query(
      `SELECT erased_at > now() - interval '1 minute' AS erased, deleted_at < now() - interval '15 minutes' AS deleted
       FROM organization WHERE id = $1`,
      [a],
    );
    expect(times).toEqual({ erased: true, deleted: true });
  });

  // Until the trigger that keeps usage events as they are lets their labels be taken away (migration posting).
  it('has no sources and tags in its usage events', async () => {
    await rows.query(
      `INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, source, tags, units,
         cost_lines, amount, provider_cost, charged, rank, occurred_at)
       SELECT $1 || call, 1, $1, 'prj', 'key', 'Secret', '{"who": "Secret"}', '{}', '[]', 1.5, 1, true, 'final',
         '2026-11-01' FROM generate_series(1, 2100) AS call`,
      [a],
    );
    expect(await organizations.erase(a)).toBe(true);
    expect(await tablesWithSecrets(a)).toEqual([]);
  });

  it('that cannot be erased keeps no other from it', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const erase = organizations.erase.bind(organizations);
    const failing = jest
      .spyOn(organizations, 'erase')
      .mockImplementation((id) => (id === a ? Promise.reject(new Error('no')) : erase(id)));
    await rows.query(
      `UPDATE organization SET deleted_at = now() - interval '1 day' WHERE id IN ($1, $2)`,
      [a, b],
    );
    expect(await organizations.sweep()).toBe(1);
    expect(error).toHaveBeenCalledWith(expect.stringContaining(`${a} is not erased`));
    failing.mockRestore();
    expect(await organizations.sweep()).toBe(1);
  });

  it('is left alone until its last calls are posted, and one that is not deleted for ever', async () => {
    await fill(a);
    await rows.query(
      `UPDATE organization SET deleted_at = now() - interval '14 minutes' WHERE id = $1`,
      [a],
    );
    expect(await organizations.sweep()).toBe(0);
    expect(await calls('request_body', a)).toEqual(['1']);
  });
});
