import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import { PostedQuotas } from '../support/posted-quotas.js';
import { until } from '../support/tenant.js';

let stage: PostedQuotas;
beforeAll(async () => {
  stage = await PostedQuotas.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

/** A call with the organization's own provider key: it locks no limit and no wallet, so nobody waits before it is written. */
function unlocked(name: string): CloseRecord {
  const { charge } = stage.close(name, '0.0001');
  return stage.close(name, '0.0001', [], { charge: { ...charge, charged: false } });
}

/** Posts the first ones in a transaction that ends as told once the second ones wait for it. Gives what these gave. */
async function postMeanwhile(
  first: readonly CloseRecord[],
  end: 'COMMIT' | 'ROLLBACK',
  second: readonly CloseRecord[],
): Promise<unknown> {
  const session = new pg.Client({ connectionString: stage.database.url });
  await session.connect();
  await session.query('BEGIN');
  await session.query('SELECT post_calls($1, $2::jsonb)', [
    stage.process.id,
    JSON.stringify(first),
  ]);
  const posting = stage.post(second);
  await until(async () => {
    const { rows } = await session.query(
      `SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))`,
    );
    return rows.length > 0;
  }, 'a batch that waits');
  await session.query(end);
  await session.end();
  return posting;
}

/** How many calls are in the usage events, the request log and the hourly sums. */
async function counts(): Promise<unknown> {
  const [row] = await stage.rows.query(
    `SELECT (SELECT count(*)::int FROM usage_event WHERE organization_id = $1) AS figures,
       (SELECT count(*)::int FROM request_log WHERE organization_id = $1) AS logged,
       (SELECT coalesce(sum(requests), 0)::int FROM usage_hourly WHERE organization_id = $1) AS requests,
       (SELECT count(*)::int FROM ledger_transaction
        WHERE organization_id = $1 AND kind = 'usage') AS charges`,
    [stage.organization],
  );
  return row;
}

describe('two sessions that post the same call at the same moment', () => {
  it('post it once, and the rest of both batches', async () => {
    const [early, same, late] = [unlocked('early'), unlocked('same'), unlocked('late')];
    const result = await postMeanwhile([early, same], 'COMMIT', [same, late]);
    expect(result).toMatchObject({ posted: 1 });
    expect(await counts()).toEqual({ figures: 3, logged: 3, requests: 3, charges: 0 });
  });

  it('post what the one took back by the other', async () => {
    const [early, same, late] = [unlocked('early'), unlocked('same'), unlocked('late')];
    const result = await postMeanwhile([early, same], 'ROLLBACK', [same, late]);
    expect(result).toMatchObject({ posted: 2 });
    expect(await counts()).toEqual({ figures: 2, logged: 2, requests: 2, charges: 0 });
  });

  it('post nothing anew where all of it is there by then', async () => {
    const same = unlocked('same');
    expect(await postMeanwhile([same], 'COMMIT', [same])).toMatchObject({ posted: 0 });
    expect(await counts()).toEqual({ figures: 1, logged: 1, requests: 1, charges: 0 });
  });
});
