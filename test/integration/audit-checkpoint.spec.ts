import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AuditedBooks, BUDGET, WALLET } from '../support/audited-books.js';
import { endSilence, silence } from '../support/silence.js';

let books: AuditedBooks;

beforeEach(async () => {
  silence('error');
  books = await AuditedBooks.openLive();
}, 30_000);
afterEach(async () => {
  await books.close();
  endSilence();
});

const forge = (sql: string): Promise<unknown> => books.forger.query(sql);

/** Looks at all, of which nothing is new afterwards. */
async function lookAtAll(): Promise<void> {
  await books.age('1 hour');
  expect(await books.broken('full')).toEqual([]);
}

async function checkpoint(): Promise<string> {
  const [row] = await books.rows.query('SELECT until::text AS until FROM audit_checkpoint');
  return String(row?.['until']);
}

describe('an audit of what is new', () => {
  it('adds it to what came before', async () => {
    await lookAtAll();
    await books.post('new', { tokens: 5 });
    await books.topUp('payment_2', 'top_up_2');
    expect(await books.broken('incremental')).toEqual([]);
    await books.post('newer', { tokens: 5 });
    expect(await books.broken('incremental')).toEqual([]);
  });

  it.each([
    ['I11', 'of a limit', `UPDATE quota SET spent = spent + 0.000000000001 WHERE id = '${BUDGET}'`],
    ['I2', 'of a wallet', `UPDATE quota SET cap = cap - 0.000000000001 WHERE id = '${WALLET}'`],
  ])('finds by %s what is wrong %s since', async (invariant, _where, sql) => {
    await lookAtAll();
    await books.post('new', { tokens: 5 });
    await forge(sql);
    expect(await books.broken('incremental')).toEqual([invariant]);
    expect(await books.broken('full')).toEqual([invariant]);
  });

  it('counts of a better figure what it changes of the one before', async () => {
    await lookAtAll();
    await books.correct('estimate', 40);
    expect(await books.broken('incremental')).toEqual([]);
    await books.rows.query(`SELECT refund_call('refund_2', 'paid', 0.1, now())`);
    expect(await books.broken('incremental')).toEqual([]);
  });

  it('looks at an hour when it is over', async () => {
    await lookAtAll();
    const hourAgo = { startedAt: Date.now() - 3_600_000 };
    await books.post('old', { tokens: 5, identity: hourAgo });
    expect(await books.broken('incremental')).toEqual([]);
    await forge(`UPDATE usage_hourly SET requests = requests + 1
      WHERE hour = (SELECT date_trunc('hour', occurred_at, 'UTC') FROM usage_event WHERE call_id = 'old')`);
    await books.post('older', { tokens: 5, identity: hourAgo });
    expect(await books.broken('incremental')).toEqual(['I12']);
  });

  it('waits for what is still being recorded', async () => {
    await lookAtAll();
    const client = await books.database.pool.connect();
    await client.query('BEGIN');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query(
      `SELECT commit_transaction('slow', 'adjustment', 'slow', 1, 'org_1', now(),
         '[{"account": "wallet:org_1", "amount": "1"}, {"account": "write_off", "amount": "-1"}]')`,
    );
    // The checkpoint is a second behind, so that the transaction has to be older.
    await books.rows.query('SELECT pg_sleep(1.1)');
    expect(await books.broken('incremental')).toEqual([]);
    await client.query('COMMIT');
    client.release();
    await books.post('new', { tokens: 5 });
    expect(await books.broken('incremental')).toEqual([]);
  });

  it('may be made by several at once, also beside one of everything', async () => {
    await lookAtAll();
    for (let time = 0; time < 3; time++) {
      await books.post(`new_${time}`, { tokens: 5 });
      const scopes = ['incremental', 'full', 'incremental'] as const;
      expect(await Promise.all(scopes.map((scope) => books.broken(scope)))).toEqual([[], [], []]);
    }
  });

  it('moves no checkpoint where a query failed', async () => {
    await lookAtAll();
    const before = await checkpoint();
    await forge('ALTER TABLE poster_reject RENAME TO poster_gone');
    expect((await books.audit.run('incremental')).failures).toBe(1);
    expect(await checkpoint()).toBe(before);
  });

  it('is silent whatever happens between two of them', async () => {
    await lookAtAll();
    let count = 0;
    const next = (): string => `law_${++count}`;
    const estimates: string[] = [];
    const steps = {
      call: (tokens: number) => books.post(next(), { tokens }),
      unpaid: (tokens: number) => books.post(next(), { tokens, charge: { charged: false } }),
      estimate: (tokens: number) => {
        const name = next();
        estimates.push(name);
        return books.post(name, { tokens, kept: 100, charge: { rank: 'estimate' } });
      },
      correct: async (tokens: number) => {
        const name = estimates.pop();
        if (name !== undefined) await books.correct(name, tokens);
      },
      topUp: () => books.topUp(next(), next()),
      audit: async () => expect(await books.broken('incremental')).toEqual([]),
      advance: () => books.rows.query('SELECT advance_audit(clock_timestamp(), false)'),
    };
    const step = fc.tuple(
      fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
      fc.integer({ min: 1, max: 90 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (sequence) => {
        for (const [name, tokens] of sequence) await steps[name](tokens);
        await steps.audit();
      }),
      { numRuns: 10 },
    );
    expect(await books.broken('full')).toEqual([]);
  }, 60_000);
});

describe('an audit of everything', () => {
  it('adds everything up again', async () => {
    await lookAtAll();
    await forge('UPDATE audit_standing SET amount = amount + 1');
    await books.post('new', { tokens: 5 });
    expect(await books.broken('incremental')).toEqual(['I2', 'I11']);
    expect(await books.broken('full')).toEqual([]);
    await books.post('newer', { tokens: 5 });
    expect(await books.broken('incremental')).toEqual([]);
  });
});
