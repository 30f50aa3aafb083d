import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditedBooks } from '../support/audited-books.js';
import { endSilence, keepErrors } from '../support/silence.js';
import { makeTenant } from '../support/tenant.js';

let books: AuditedBooks;
let errors: readonly string[];

/** Each test breaks books of its own, with triggers and keys off. */
beforeEach(async () => {
  errors = keepErrors();
  books = await AuditedBooks.openLive();
}, 30_000);
afterEach(async () => {
  await books.close();
  endSilence();
});

const forge = (sql: string): Promise<unknown> => books.forger.query(sql);
const last = 'revision = (SELECT max(revision) FROM usage_event WHERE call_id = e.call_id)';

describe('the audit', () => {
  it('I10: a difference that nobody cleared in time', async () => {
    const lines = [
      { account: 'suspense', amount: '0.5' },
      { account: 'provider_payable:openai', amount: '-0.5' },
    ];
    await books.rows.query(
      `SELECT commit_transaction('lt_drift', 'reconciliation', 'openai/x', 1, 'platform', now(), $1)`,
      [JSON.stringify(lines)],
    );
    expect(await books.broken()).toEqual([]);
    await books.age('34 days 23 hours');
    expect(await books.broken()).toEqual(['I15']);
    await books.age('2 hours');
    expect(await books.broken()).toEqual(['I10', 'I15']);
  });

  it('I11: a limit that has counted other than the calls', async () => {
    await forge(`UPDATE quota SET spent = spent + 0.000000000001 WHERE id = 'budget_1'`);
    expect(await books.broken()).toEqual(['I11']);
  });

  it('I11: also one that only warns, in its day', async () => {
    await forge(`UPDATE quota SET spent = spent - 0.000000000001 WHERE id = 'warning_1'`);
    expect(await books.broken()).toEqual(['I11']);
  });

  it.each([
    ['money', 'UPDATE usage_hourly SET amount = amount + 0.000000000001'],
    ['the cost of the provider', 'UPDATE usage_hourly SET provider_cost = provider_cost + 1'],
    ['requests', 'UPDATE usage_hourly SET requests = requests + 1'],
    ['reasoning', 'UPDATE usage_hourly SET reasoning_tokens = reasoning_tokens + 1'],
    ['reasoning of a tag', 'UPDATE usage_hourly_tag SET reasoning_tokens = reasoning_tokens + 1'],
    ['tokens of a tag', 'UPDATE usage_hourly_tag SET prompt_tokens = prompt_tokens + 1'],
    ['an hour that nobody used', `UPDATE usage_hourly SET hour = hour - interval '10 hours'`],
  ])('I12: hourly sums with other %s', async (_name, sql) => {
    await forge(sql);
    expect(await books.broken()).toEqual(['I12']);
  });

  it('I12: reasoning that calls and hours agree on, also of a tag and after a correction', async () => {
    const thought = (reasoningTokens: number) => ({
      units: { promptTokens: 5, completionTokens: 5, reasoningTokens },
      lines: [
        { meter: 'input', quantity: 5, amount: '0.000005' },
        { meter: 'output', quantity: 5, amount: '0.00001' },
      ],
    });
    const charge = { ...thought(4), rank: 'estimate' } as const;
    await books.post('thought', { tokens: 15, identity: { tags: { team: 'a' } }, charge });
    const figure = { ...thought(3), rank: 'final', amount: '0.000015', providerCost: '0.000015' };
    await books.rows.query(`SELECT true_up('thought', $1::jsonb)`, [JSON.stringify(figure)]);
    const hours = await books.rows.query(
      'SELECT sum(reasoning_tokens)::int AS n FROM usage_hourly',
    );
    expect(hours).toEqual([{ n: 3 }]);
    expect(await books.broken()).toEqual([]);
  });

  it('I13: a call with the key of another organization', async () => {
    await makeTenant(books.rows, '2');
    await forge(`UPDATE api_key SET organization_id = 'org_2'`);
    expect(await books.broken()).toEqual(['I13']);
  });

  it('I14: a payment that is credited twice', async () => {
    await forge('DROP INDEX wallet_movement_external_id_key');
    await books.topUp('payment_2', 'top_up_2');
    expect(await books.broken()).toEqual([]);
    await forge(`UPDATE wallet_movement SET external_id = 'payment_1'`);
    expect(await books.broken()).toEqual(['I14']);
  });

  it('I14: a top-up of the same source twice', async () => {
    await books.topUp('payment_2', 'top_up_2');
    await forge(
      `UPDATE ledger_transaction SET source = 'payment_1', revision = 2 WHERE id = 'top_up_2'`,
    );
    expect(await books.broken()).toEqual(['I14']);
  });

  it('I15: an estimate that nobody looked at for a day', async () => {
    await books.age('23 hours');
    expect(await books.broken()).toEqual([]);
    await books.age('1 hour');
    expect(await books.broken()).toEqual(['I15']);
    await books.rows.query(`SELECT settle_estimate('estimate', 'no_provider_report')`);
    expect(await books.broken()).toEqual([]);
  });

  it.each(['alive', 'dead'])(
    'I16: a lease of a process that is %s beyond its deadline',
    async (state) => {
      await forge(`UPDATE process SET deadline = clock_timestamp() - interval '50 seconds'`);
      expect(await books.broken()).toEqual([]);
      await forge(
        `UPDATE process SET state = '${state}', deadline = clock_timestamp() - interval '61 seconds'`,
      );
      expect(await books.broken()).toEqual(['I16']);
      await forge(`UPDATE process SET state = 'quarantined'`);
      expect(await books.broken()).toEqual([]);
    },
  );

  it('I17: a record that is missing', async () => {
    await forge(
      `INSERT INTO poster_reject (kind, segment, record, error) VALUES ('gap', 's', 'r', '7 to 9 are missing')`,
    );
    expect(await books.broken()).toEqual(['I17']);
  });

  it('a query that fails is told, and moves no watermark', async () => {
    await books.broken();
    await forge('ALTER TABLE poster_reject RENAME TO poster_gone');
    const { failures } = await books.audit.run('incremental');
    expect(failures).toBe(1);
    expect(errors).toEqual([expect.stringContaining('audit I17 did not come to an end')]);
    const runs = await books.rows.query(
      'SELECT count(DISTINCT watermark)::int AS marks FROM audit_run WHERE failures = 0',
    );
    expect(runs).toEqual([{ marks: 1 }]);
  });

  it('looks at what is new, from its watermark', async () => {
    await books.age('1 hour');
    expect(await books.broken('full')).toEqual([]);
    await forge(`UPDATE usage_event AS e SET cost_lines = '[]' WHERE call_id = 'paid' AND ${last}`);
    expect(await books.broken('incremental')).toEqual([]);
    await books.post('new', { tokens: 5 });
    expect(await books.broken('incremental')).toEqual([]);
    await forge(`UPDATE usage_event SET cost_lines = '[]' WHERE call_id = 'new'`);
    expect(await books.broken('incremental')).toEqual(['I7']);
    expect(await books.broken('full')).toEqual(['I7']);
  });
});
