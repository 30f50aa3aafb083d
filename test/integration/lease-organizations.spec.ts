import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Hold } from '../../src/billing/quota/hold.js';
import { needsOf, subjectOf, type LeaseProcess } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';

const COLD = 300;
/** Where Postgres is slow a statement is for this many calls at least. */
const FEWEST_AT_ONCE = 25;

let stage: LeaseStage;
let gateway: LeaseProcess;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  await stage.begin();
  gateway = await stage.startProcess();
});
afterEach(() => stage.end());

/** Organizations with a wallet and a limit of concurrency each; gives what their ids end in. */
async function makeOrganizations(count: number): Promise<string[]> {
  await stage.rows.query(
    `WITH made AS (
       INSERT INTO organization (id, name) SELECT 'org_cold' || n, 'Cold' FROM generate_series(1, $1::int) AS n
     ), limited AS (
       INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap)
       SELECT 'quo_cold' || n, 'org_cold' || n, 'organization', 'org_cold' || n, 'concurrency', 10
       FROM generate_series(1, $1::int) AS n
     )
     INSERT INTO project (id, organization_id, name)
     SELECT 'prj_cold' || n, 'org_cold' || n, 'Cold' FROM generate_series(1, $1::int) AS n`,
    [count],
  );
  await stage.rows.query(
    `SELECT count(commit_transaction('lt_cold' || n, 'promotion', 'cold' || n, 1, 'org_cold' || n, now(),
       jsonb_build_array(jsonb_build_object('account', 'wallet:org_cold' || n, 'amount', '1'),
         jsonb_build_object('account', 'promotion', 'amount', '-1'))))
     FROM generate_series(1, $1::int) AS n`,
    [count],
  );
  return Array.from({ length: count }, (_, at) => `cold${at + 1}`);
}

it('leases for many organizations that are cold at once by few statements, and a warm one waits for none', async () => {
  await stage.giveCredit('10');
  const cold = await makeOrganizations(COLD);
  await gateway.heard();
  const { authorization, directory } = gateway;
  await Promise.all(cold.map((name) => directory.freshLimitsOf(subjectOf(name))));
  const needs = needsOf('0.01');
  authorization.release(await gateway.authorize(stage.name, '0.01'));
  const operate = jest.spyOn(gateway.client, 'operate');

  const asked = cold.map((name) => authorization.authorize(subjectOf(name), needs));
  const warm = Array.from({ length: 10 }, () =>
    authorization.authorize(subjectOf(stage.name), needs),
  );

  expect(asked.filter((hold) => hold instanceof Hold)).toEqual([]);
  expect(warm.filter((hold) => !(hold instanceof Hold))).toEqual([]);
  const holds = await Promise.all(asked.map((hold) => Promise.resolve(hold)));
  expect(holds.map((hold) => hold.entries().map(([, , amount]) => amount))).toEqual(
    cold.map(() => ['0.01', '1']),
  );
  const statements = operate.mock.calls.filter(([, request]) => request.needs.length > 0);
  expect(statements.flatMap(([, request]) => request.needs)).toHaveLength(COLD);
  expect(statements.length).toBeLessThanOrEqual(COLD / FEWEST_AT_ONCE);
});

it('hears at a heartbeat what was recalled, and reads no other slice for it', async () => {
  await gateway.heartbeat();
  const others = 3_000;
  await stage.rows.query(
    `WITH made AS (
       INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, recalled_at)
       SELECT 'quo_crowd' || n, 'org_' || $1::text, 'organization', 'crowd' || n, 'concurrency', 10,
         CASE WHEN n <= 2 THEN clock_timestamp() + interval '1 hour' WHEN n < 5 THEN now() - interval '1 hour' END
       FROM generate_series(1, $3::int) AS n
     )
     INSERT INTO lease (process_id, quota_id, period, granted)
     SELECT $2, 'quo_crowd' || n, 0, n - 1 FROM generate_series(1, $3::int) AS n`,
    [stage.name, gateway.id, others],
  );
  const before = await slicesRead();
  const [row] = await stage.rows.query('SELECT recalled_slices($1) AS recalled', [gateway.id]);
  // Of the first one nothing is in hand.
  expect(row).toEqual({ recalled: ['quo_crowd2'] });
  expect((await slicesRead()) - before).toBeLessThan(others / 10);
});

/** Rows of leases that were read so far. */
async function slicesRead(): Promise<number> {
  await stage.rows.query('SELECT pg_stat_force_next_flush()');
  const [row] = await stage.rows.query(
    `SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_user_tables WHERE relname = 'lease'`,
  );
  return Number(row?.['rows']);
}
