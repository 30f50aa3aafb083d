import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { makeQuota } from '../support/lease-process.js';
import { connect, giveCredit, makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let quota: string;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connect(database.url);
  await makeTenant(rows, 'a');
  await giveCredit(rows, 'a', '1');
  quota = await makeQuota(rows, 'a', { kind: 'budget', cap: '5', window: 'day' });
});
afterAll(async () => {
  await rows.close();
  await database.drop();
});

const WALLET = 'credit:org_a';
const budget = (): string => quota;
const wallet = (): string => WALLET;

describe('the database lets no limit be', () => {
  it.each([
    ['of a scope that there is not', budget, `scope = 'team'`, 'scope_known'],
    ['of a kind that there is not', budget, `kind = 'calls'`, 'kind_known'],
    ['neither hard nor a warning', budget, `enforcement = 'soft'`, 'enforcement_known'],
    ['a budget of a minute', budget, `"window" = 'minute'`, 'window_of_kind'],
    [
      'one of requests a minute by the day',
      budget,
      `kind = 'requests_per_minute'`,
      'window_of_kind',
    ],
    ['a second wallet', budget, `kind = 'credit', "window" = 'total'`, 'wallet_is_one'],
    ['the wallet of another organization', wallet, `organization_id = 'org_b'`, 'wallet_is_one'],
    ['below zero', budget, `cap = -0.01`, 'cap_not_negative'],
    ['up to no number', budget, `cap = 'NaN'`, 'amounts_are_numbers'],
    ['spent up to no number', budget, `spent = 'NaN'`, 'amounts_are_numbers'],
    ['leased up to no number', budget, `leased = 'NaN'`, 'amounts_are_numbers'],
    ['a budget on credit', budget, `credit_limit = 1`, 'credit_limit_of_wallet'],
    ['a wallet with a negative credit', wallet, `credit_limit = -1`, 'credit_limit_of_wallet'],
    ['a wallet with credit without end', wallet, `credit_limit = 'NaN'`, 'credit_limit_of_wallet'],
    ['of a tag without its name', budget, `scope = 'tag'`, 'tag_of_scope'],
    ['of a tag where there is none', budget, `tag_name = 'team'`, 'tag_of_scope'],
  ])('%s', async (_, id, change, constraint) => {
    const before = await rows.query('SELECT * FROM quota ORDER BY id');
    await expect(
      rows.query(`UPDATE quota SET ${change} WHERE id = $1`, [id()]),
    ).rejects.toMatchObject({ code: '23514', constraint: `quota_${constraint}` });
    expect(await rows.query('SELECT * FROM quota ORDER BY id')).toEqual(before);
  });

  it('in a time zone that Postgres does not know', async () => {
    const change = rows.query(`UPDATE quota SET time_zone = 'Mars/Olympus' WHERE id = $1`, [quota]);
    await expect(change).rejects.toMatchObject({ code: '22023' });
  });

  it('written for the first time that it would not let be later', async () => {
    const made = makeQuota(rows, 'a', { kind: 'tokens_per_minute', cap: '5', window: 'day' });
    await expect(made).rejects.toMatchObject({ constraint: 'quota_window_of_kind' });
  });
});
