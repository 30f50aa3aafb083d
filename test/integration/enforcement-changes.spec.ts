import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMIT_INVARIANTS } from '../../src/billing/audit/invariants/limits.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { closeOf, identityOf } from '../support/journal.js';
import {
  connectAsGateway,
  faultsOf,
  makeQuota,
  makeWallet,
  quotaOf,
  TestProcess,
} from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let tenant = 0;
let organization: string;
let budget: string;
let process: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  tenant++;
  organization = `org_${tenant}`;
  budget = `budget_${tenant}`;
  await makeTenant(rows, String(tenant));
  await makeWallet(rows, organization, '10');
  process = await TestProcess.register(rows, `process_${tenant}`);
});

const enforce = (enforcement: string) =>
  rows.query('UPDATE quota SET enforcement = $2 WHERE id = $1', [budget, enforcement]);

/** A call of 0.25 USD that was admitted by these limits. */
async function post(quotas: Parameters<typeof closeOf>[2] = {}): Promise<void> {
  const close = closeOf(`call_${tenant}`, '0.25', {
    identity: identityOf({ organization, startedAt: Date.now() }),
    ...quotas,
  });
  await rows.query('SELECT post_calls($1, $2::jsonb)', [process.id, JSON.stringify([close])]);
}

async function overruns(): Promise<unknown[]> {
  return rows.query(
    'SELECT kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = $1',
    [budget],
  );
}

describe('a budget that becomes a warning', () => {
  it('counts a call once that it had admitted while it was hard', async () => {
    await makeQuota(rows, budget, { organization, cap: '5' });
    await process.lease([[budget, '1']]);
    await enforce('warning');
    await post({ quotas: [[budget, 0, '1', '0.25', '0.25', '0']] });
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.25' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('counts one that it did not admit, too', async () => {
    await makeQuota(rows, budget, { organization, cap: '5' });
    await enforce('warning');
    await post();
    expect(await quotaOf(rows, budget)).toMatchObject({ spent: '0.25' });
  });
});

describe('a warning that becomes a hard budget', () => {
  it('below what is spent already has that on record, and the audit is silent', async () => {
    await makeQuota(rows, budget, { organization, cap: '0.1', enforcement: 'warning' });
    await post();
    await enforce('hard');
    expect(await overruns()).toEqual([{ kind: 'lowered', amount: '0.15' }]);
    const [{ sql } = { sql: '' }] = LIMIT_INVARIANTS.filter(({ id }) => id === 'I4');
    expect(await rows.query(sql, ['-infinity'])).toEqual([]);
  });

  it('above it has nothing on record', async () => {
    await makeQuota(rows, budget, { organization, cap: '5', enforcement: 'warning' });
    await post();
    await enforce('hard');
    expect(await overruns()).toEqual([]);
    await enforce('warning');
    await enforce('hard');
    expect(await overruns()).toEqual([]);
  });
});
