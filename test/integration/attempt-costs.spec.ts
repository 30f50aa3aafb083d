import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditedBooks } from '../support/audited-books.js';
import { endSilence, silence } from '../support/silence.js';

let books: AuditedBooks;

beforeEach(async () => {
  silence('error');
  books = await AuditedBooks.open();
}, 30_000);
afterEach(async () => {
  await books.close();
  endSilence();
});

const attemptCosts = [
  { provider: 'groq', model: 'm', cost: '0.000003' },
  { provider: 'openai', model: 'n', cost: '0.000000000001' },
];
const post = () =>
  books.post('fallback', {
    tokens: 10,
    kept: 90,
    charge: { rank: 'estimate' },
    attemptCosts,
    identity: { tags: { team: 'a' } },
  });

/** What the call has moved, by account. */
async function moved(): Promise<Record<string, unknown>> {
  const found = await books.rows.query(
    `SELECT account, trim_scale(sum(amount))::text AS amount FROM posting GROUP BY 1 HAVING sum(amount) <> 0`,
  );
  return Object.fromEntries(found.map(({ account, amount }) => [account, amount]));
}

/** [provider, model, requests, tokens, charged, provider's cost] of each hourly total. */
async function hours(): Promise<unknown[][]> {
  const found = await books.rows.query(
    `SELECT provider_id, model_id, requests::int, prompt_tokens::int AS tokens, trim_scale(amount)::text AS amount,
       trim_scale(provider_cost)::text AS cost FROM usage_hourly ORDER BY 1, 2`,
  );
  return found.map((row) => Object.values(row));
}

describe('what failed attempts cost', () => {
  it('is our cost at their providers; the tenant pays the one that answered', async () => {
    await post();
    expect(await moved()).toMatchObject({
      revenue: '0.00001',
      'provider_cost:groq': '0.000003',
      'provider_payable:groq': '-0.000003',
      'provider_cost:openai': '0.000010000001',
      'provider_payable:openai': '-0.000010000001',
    });
    expect(await hours()).toEqual([
      ['groq', 'm', 0, 0, '0', '0.000003'],
      ['openai', 'm', 1, 10, '0.00001', '0.00001'],
      ['openai', 'n', 0, 0, '0', '0.000000000001'],
    ]);
    expect(await books.broken()).toEqual([]);
  });

  it('stays when the call gets a better figure', async () => {
    await post();
    await books.correct('fallback', 7);
    expect(await moved()).toMatchObject({
      revenue: '0.000007',
      'provider_payable:groq': '-0.000003',
      'provider_payable:openai': '-0.000007000001',
    });
    expect(await books.broken()).toEqual([]);
  });

  it('is booked though the call itself cost nothing', async () => {
    const nothing = { lines: [], units: {}, amount: '0', providerCost: '0' };
    await books.post('failed', { tokens: 0, charge: nothing, attemptCosts });
    expect(await moved()).toEqual({
      'wallet:org_1': expect.anything(),
      promotion: expect.anything(),
      'provider_cost:groq': '0.000003',
      'provider_payable:groq': '-0.000003',
      'provider_cost:openai': '0.000000000001',
      'provider_payable:openai': '-0.000000000001',
    });
    expect(await books.broken()).toEqual([]);
  });

  it('is missed by the audit where it is changed', async () => {
    await post();
    await books.forger.query(`UPDATE usage_event SET attempt_costs = NULL`);
    expect(await books.broken()).toEqual(['I6', 'I12']);
  });

  it('is what the bill of its provider is held against', async () => {
    await post();
    const found = await books.rows.query(
      `SELECT trim_scale(amount)::text AS amount FROM booked_by_day('groq', '2020-01-01', '2100-01-01')`,
    );
    expect(found).toEqual([{ amount: '0.000003' }]);
  });
});
