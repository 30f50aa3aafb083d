import path from 'node:path';
import pg from 'pg';
import { runCommand } from '../../scripts/command.mjs';
import { migrate } from '../../scripts/migrate.mjs';
import { appRole } from '../../scripts/postgres/roles.mjs';
import { Advice, root } from '../../scripts/project.mjs';

/** Decimal USD: more than any run spends, so that leases are as large as they get. */
const CREDIT = '1000000';
/** MB of write-ahead log after which Postgres goes on in files that it has: its default of `max_wal_size`. */
const WAL_ROUND_MB = 1_000;
/** USD, calls and tokens; more than a run could use in a minute. */
const LIMIT = '1000000000000';

/** The database of the measured gateway, seen by its owner. */
export class BenchDatabase {
  #client;
  #countsStatements;

  constructor(client, countsStatements) {
    this.#client = client;
    this.#countsStatements = countsStatements;
  }

  /** Forgets which statements ran so far. */
  async forgetStatements() {
    if (this.#countsStatements) await this.#client.query('SELECT bench.pg_stat_statements_reset()');
  }

  /**
   * The statements that the gateway's processes ran since then, most frequent first; undefined where the
   * database does not count them.
   */
  async statements() {
    if (!this.#countsStatements) return undefined;
    const { rows } = await this.#client.query(
      `SELECT s.calls::int AS calls, regexp_replace(s.query, '\\s+', ' ', 'g') AS query
       FROM bench.pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
       WHERE r.rolname = $1 ORDER BY s.calls DESC`,
      [appRole],
    );
    return rows;
  }

  /** How many calls have a row in the request log, by outcome. */
  async loggedCalls() {
    const { rows } = await this.#client.query(
      'SELECT outcome, count(*)::int AS calls FROM request_log GROUP BY outcome',
    );
    return Object.fromEntries(rows.map(({ outcome, calls }) => [outcome, calls]));
  }

  /** How many statements by which it leased and gave back the gateway's process has been answered. */
  async leaseStatements() {
    const { rows } = await this.#client.query(
      `SELECT last_operation::int AS count FROM process WHERE state = 'alive' ORDER BY started_at DESC LIMIT 1`,
    );
    return rows[0].count;
  }

  /**
   * Lets the write-ahead log go round once, as in any database that has seen a gigabyte of it: until then Postgres fills
   * each new file with zeros first, 6 to 10 µs a call. Takes seconds.
   */
  async letLogGoRound() {
    await this.#client.query(
      `SELECT count(pg_logical_emit_message(false, 'bench', repeat('x', 1000000))) FROM generate_series(1, $1::int)`,
      [WAL_ROUND_MB],
    );
    await this.#client.query('CHECKPOINT');
  }

  close() {
    return this.#client.end();
  }
}

/**
 * Tables, catalogue, and an organization with a key that only this run knows, a wallet that is never empty, a budget, and
 * limits of every kind that no call reaches.
 *
 * @param {object} env environment of the gateway's programs
 * @returns {Promise<{database: BenchDatabase, apiKey: string}>}
 */
export async function fillDatabase({ ownerUrl, countsStatements }, env, signal) {
  await migrate(ownerUrl, { appRole, log: () => {} });
  const { createKey } = await import(path.join(root, 'dist/tenants/keys/key-format.js'));
  const apiKey = createKey('osm_').key;
  const seeded = await runCommand(process.execPath, ['dist/seed.js'], {
    env: { ...env, SEED_API_KEY: apiKey },
    signal,
  });
  if (seeded.status !== 0)
    throw new Advice(`${seeded.output.trimEnd()}\n\nThe database could not be filled.`);
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => {}); // Postgres may be stopped first.
  await client.connect();
  await grantCredit(client);
  await setLimits(client);
  if (countsStatements)
    await client.query(
      'CREATE SCHEMA bench; CREATE EXTENSION pg_stat_statements WITH SCHEMA bench',
    );
  return { database: new BenchDatabase(client, countsStatements), apiKey };
}

async function grantCredit(client) {
  const { rows } = await client.query('SELECT id FROM organization');
  for (const { id } of rows) {
    const lines = [
      { account: `wallet:${id}`, amount: CREDIT },
      { account: 'promotion', amount: `-${CREDIT}` },
    ];
    await client.query(`SELECT commit_transaction($1, 'promotion', $2, 1, $3, now(), $4::jsonb)`, [
      `lt_promotion_bench_${id}_1`,
      `bench_${id}`,
      id,
      JSON.stringify(lines),
    ]);
  }
}

async function setLimits(client) {
  await client.query(
    `INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window", time_zone)
     SELECT 'quo_bench_' || kind, organization_id, scope, CASE scope WHEN 'api_key' THEN id ELSE organization_id END,
       kind, $1, quota_window, 'UTC'
     FROM api_key, (VALUES
       ('organization', 'budget', 'month'),
       ('api_key', 'requests_per_minute', 'minute'),
       ('api_key', 'tokens_per_minute', 'minute'),
       ('api_key', 'concurrency', 'total')) AS limits(scope, kind, quota_window)`,
    [LIMIT],
  );
}
