import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditedBooks, WALLET } from '../support/audited-books.js';
import { endSilence, keepErrors } from '../support/silence.js';

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

describe('the audit', () => {
  it('is silent over sound books', async () => {
    expect(await books.broken()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('I1: lines that do not sum to zero', async () => {
    await forge(`UPDATE posting SET amount = amount + 0.000000000001
      WHERE transaction_id = 'lt_paid_1' AND account = 'revenue'`);
    expect(await books.broken()).toEqual(['I1']);
    expect(errors).toEqual([expect.stringContaining('audit I1 is broken 1 times')]);
  });

  it('I1: a transaction without lines, and lines without a transaction', async () => {
    await forge(`UPDATE posting SET transaction_id = 'lt_gone' WHERE transaction_id = 'top_up_1'`);
    const { results } = await books.audit.run('full');
    const subjects = results[0]?.examples.map(({ subject }) => subject);
    expect(subjects?.sort()).toEqual(['lt_gone', 'lt_gone', 'top_up_1']);
  });

  it('I2: a wallet that is not what its lines say', async () => {
    await forge(`UPDATE quota SET cap = cap + 0.000000000001 WHERE id = '${WALLET}'`);
    expect(await books.broken()).toEqual(['I2']);
  });

  it('I2: lines of a wallet that is not there', async () => {
    await forge(
      `DELETE FROM lease; DELETE FROM pending_hold; DELETE FROM quota WHERE kind = 'credit'`,
    );
    expect(await books.broken()).toContain('I2');
  });

  it('I3: a lease that is counted nowhere', async () => {
    await forge(`UPDATE lease SET granted = granted + 1 WHERE quota_id = '${WALLET}'`);
    expect(await books.broken()).toEqual(['I3']);
  });

  it('I3: a hold of a limit that is not there', async () => {
    await forge(
      `INSERT INTO pending_hold (call_id, quota_id, period, amount) VALUES ('x', 'gone', 0, 1)`,
    );
    expect(await books.broken()).toEqual(['I3']);
  });

  it('I4: a wallet below its limit that nobody was told of', async () => {
    await forge(`UPDATE quota SET cap = spent - 1 WHERE id = '${WALLET}'`);
    expect(await books.broken()).toEqual(['I2', 'I4']);
  });

  it('I4: an overrun on record that is too small', async () => {
    await forge(`UPDATE quota SET cap = spent - 0.1 WHERE id = 'budget_1';
      INSERT INTO overrun (quota_id, kind, amount) VALUES ('budget_1', 'overrun', 0.099999999999)`);
    expect(await books.broken()).toEqual(['I4']);
    await forge(
      `INSERT INTO overrun (quota_id, kind, amount) VALUES ('budget_1', 'overrun', 0.000000000001)`,
    );
    expect(await books.broken()).toEqual([]);
  });

  it('I5: a figure that costs something, without a transaction', async () => {
    await forge(`UPDATE ledger_transaction SET kind = 'other' WHERE id = 'lt_paid_1'`);
    expect(await books.broken()).toContain('I5');
  });

  it('I5: a charge for no figure', async () => {
    await forge(`DELETE FROM usage_event WHERE call_id = 'corrected' AND revision = 2`);
    const { results } = await books.audit.run('full');
    const found = results.find(({ invariant }) => invariant === 'I5');
    expect(found?.examples.map(({ subject }) => subject)).toEqual(['lt_corrected_2']);
  });

  it('I6: a charge that is not the best figure', async () => {
    await forge(
      `UPDATE usage_event SET rank = 'manual' WHERE call_id = 'corrected' AND revision = 1`,
    );
    expect(await books.broken()).toEqual(['I6']);
  });

  it('I7: lines that do not sum to the cost', async () => {
    await forge(`UPDATE usage_event SET cost_lines = '[]' WHERE call_id = 'paid'`);
    expect(await books.broken()).toEqual(['I7']);
  });

  it('I7: a cost that is not that of the units at the price of the call', async () => {
    await forge(`UPDATE usage_event SET units = units || '{"reasoningTokens": 0, "completionTokens": 1}'
      WHERE call_id = 'own'`);
    expect(await books.broken()).toEqual(['I7', 'I12']);
  });

  it('I7: what is owed to a provider is what it reported', async () => {
    const units = { promptTokens: 10, completionTokens: 0, reportedCost: '0.000008' };
    await books.post('reported', { tokens: 10, charge: { units, providerCost: '0.000008' } });
    expect(await books.broken()).toEqual([]);
    await books.post('misread', { tokens: 10, charge: { units } });
    expect(await books.broken()).toEqual(['I7']);
  });

  it('I7: a price that was changed', async () => {
    await forge(`UPDATE price_component SET amount = 1.1 WHERE meter = 'input'`);
    expect(await books.broken()).toEqual(['I7']);
  });

  it('I7: a price that is gone', async () => {
    await forge('DELETE FROM price_component; DELETE FROM price_version');
    expect(await books.broken()).toEqual(['I7']);
  });

  it('I8: a call that is not in the request log', async () => {
    await forge(`DELETE FROM request_log WHERE call_id = 'paid'`);
    expect(await books.broken()).toEqual(['I8']);
    await forge(`UPDATE organization SET retention = 'none'`);
    expect(await books.broken()).toEqual([]);
  });

  it('I8: a request without a figure', async () => {
    await forge(`UPDATE request_log SET call_id = 'nobody' WHERE call_id = 'paid'`);
    const { results } = await books.audit.run('full');
    const found = results.find(({ invariant }) => invariant === 'I8');
    expect(found?.examples.map(({ subject }) => subject)).toEqual(['paid', 'nobody']);
  });

  it('I9: a figure that is charged twice', async () => {
    await forge(`DROP INDEX ledger_transaction_kind_source_revision_key;
      INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
      SELECT 'lt_again', kind, source, revision, organization_id, occurred_at FROM ledger_transaction WHERE id = 'lt_paid_1';
      INSERT INTO posting (transaction_id, line, account, amount)
      SELECT 'lt_again', line, account, amount FROM posting WHERE transaction_id = 'lt_paid_1'`);
    expect(await books.broken()).toEqual(expect.arrayContaining(['I2', 'I6', 'I9', 'I12']));
  });
});
