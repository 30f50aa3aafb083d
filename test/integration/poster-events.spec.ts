import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallIdentity, CloseRecord } from '../../src/billing/journal/journal-record.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf, identityOf } from '../support/journal.js';
import { connectAsGateway, makeWallet } from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let tenant = 0;
let organization: string;

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
  await makeTenant(rows, String(tenant));
  await makeWallet(rows, organization, '100');
});

let calls = 0;
function close(
  cost: string,
  who: Partial<CallIdentity> = {},
  more: Partial<CloseRecord> = {},
): CloseRecord {
  const identity = identityOf({
    organization,
    project: `prj_${tenant}`,
    key: `key_${tenant}`,
    startedAt: Date.now(),
    ...who,
  });
  return closeOf(`call_${calls++}`, cost, { identity, ...more });
}

async function post(...closes: CloseRecord[]): Promise<void> {
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify(closes)]);
}

describe('what a usage event keeps', () => {
  it('is who, at which plan, and what it counted in', async () => {
    const identity = { member: 'mem_1', multiplier: '1.25', source: 'app', tags: { team: 'a' } };
    const quotas = [['q', 60, '1', '1', '1', '0']] as const;
    const record = close('1', identity, { quotas });
    await post(record);
    const [event] = await rows.query('SELECT * FROM usage_event WHERE call_id = $1', [record.call]);
    expect(event).toMatchObject({
      member_id: 'mem_1',
      plan_multiplier: '1.250000',
      source: 'app',
      tags: { team: 'a' },
      quotas: [['q', 60, '1', '1', '1', '0']],
    });
    const [log] = await rows.query('SELECT member_id FROM request_log WHERE call_id = $1', [
      record.call,
    ]);
    expect(log).toEqual({ member_id: 'mem_1' });
  });

  it.each([
    `UPDATE usage_event SET amount = amount + 1`,
    `UPDATE usage_event SET rank = 'manual'`,
    `DELETE FROM usage_event`,
    `TRUNCATE usage_event`,
  ])('stays: %s', async (sql) => {
    await post(close('1'));
    await expect(rows.query(sql)).rejects.toThrow(/append only|permission denied/);
  });

  it('is counted in full though the log cannot hold it', async () => {
    const record = close('0', {}, { charge: chargeOf('1', { units: { promptTokens: 3e9 } }) });
    await post(record);
    const [log] = await rows.query('SELECT prompt_tokens FROM request_log WHERE call_id = $1', [
      record.call,
    ]);
    expect(log).toEqual({ prompt_tokens: 2_147_483_647 });
    const [hour] = await rows.query(
      'SELECT prompt_tokens FROM usage_hourly WHERE organization_id = $1',
      [organization],
    );
    expect(hour).toEqual({ prompt_tokens: '3000000000' });
  });
});
