import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
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
let other: Rows;
let tenant = 0;
let organization: string;
let wallet: string;
let one: TestProcess;
let two: TestProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
  other = connectAsGateway(database.appUrl);
});
afterAll(async () => {
  await Promise.all([rows.close(), other.close()]);
  await database.drop();
});
beforeEach(async () => {
  await rows.query(`UPDATE process SET state = 'dead'`);
  tenant++;
  organization = `org_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  one = await TestProcess.register(rows, `one_${tenant}`);
  two = await TestProcess.register(rows, `two_${tenant}`);
});

const budget = (name: string, cap: string, more = {}) =>
  makeQuota(rows, `${name}_${tenant}`, { organization, cap, ...more }).then(
    () => `${name}_${tenant}`,
  );

describe('a call that waits', () => {
  it('gets all that it needs, of every limit', async () => {
    const project = await budget('project', '5');
    const answer = await one.operate({
      needs: [
        [
          [project, '0.25'],
          [wallet, '0.25'],
        ],
      ],
    });
    expect(answer).toMatchObject({ granted: [0], refused: [], extra: [], recalled: [] });
    expect(new Map(answer.quotas.map((quota) => [quota[0], quota]))).toEqual(
      new Map([
        [project, [project, 0, null, '5', '4.75']],
        [wallet, [wallet, 0, null, '10', '9.75']],
      ]),
    );
    expect(await one.leases()).toEqual([
      [wallet, '0.25'],
      [project, '0.25'],
    ]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('gets nothing where one of its limits is short, and the next one is not refused for it', async () => {
    const small = await budget('small', '1');
    const answer = await one.operate({
      needs: [
        [
          [wallet, '2'],
          [small, '2'],
        ],
        [
          [wallet, '9'],
          [small, '1'],
        ],
        [[small, '0.5']],
      ],
    });
    expect(answer.granted).toEqual([1]);
    expect(answer.refused).toEqual([
      { need: 0, quota: small, reset_ms: null, final: true, left: '1' },
      { need: 2, quota: small, reset_ms: null, final: false, left: '1' },
    ]);
    expect(await one.leases()).toEqual([
      [wallet, '9'],
      [small, '1'],
    ]);
  });

  it('is refused for good where what is spent leaves too little, else for what others have in hand', async () => {
    await two.lease([[wallet, '6']]);
    const { refused } = await one.operate({
      needs: [[[wallet, '5']], [[wallet, '10.000000000001']]],
    });
    expect(refused.map(({ need, final, left }) => [need, final, left])).toEqual([
      [0, false, '4'],
      [1, true, '10'],
    ]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0', leased: '6' });
  });

  it('is refused by a limit that is not there, and admitted by one that was deleted', async () => {
    const gone = await budget('gone', '1');
    await rows.query('UPDATE quota SET deleted_at = now() WHERE id = $1', [gone]);
    const { granted, refused } = await one.operate({ needs: [[[gone, '5']], [['never', '1']]] });
    expect(granted).toEqual([0]);
    expect(refused).toEqual([{ need: 1, quota: 'never', reset_ms: null, final: true, left: '0' }]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('may use the credit limit of its wallet, to the last digit', async () => {
    await rows.query('UPDATE quota SET credit_limit = 2 WHERE id = $1', [wallet]);
    const { granted } = await one.operate({
      needs: [[[wallet, '12.000000000001']], [[wallet, '12']]],
    });
    expect(granted).toEqual([1]);
  });

  it('has one of so many slots of a limit on calls at a time', async () => {
    const slots = await budget('slots', '2', { kind: 'concurrency' });
    expect((await one.operate({ needs: [[[slots, '1']]] })).granted).toEqual([0]);
    expect((await two.operate({ needs: [[[slots, '1']]] })).granted).toEqual([0]);
    const { refused } = await two.operate({ needs: [[[slots, '1']]] });
    expect(refused).toMatchObject([{ final: false }]);
    await one.operate({ returns: [[slots, 0, '1']] });
    expect((await two.operate({ needs: [[[slots, '1']]] })).granted).toEqual([0]);
    expect(await quotaOf(rows, slots)).toMatchObject({ spent: '0', leased: '2' });
  });
});

describe('an extra slice', () => {
  it('is at most a share of what is left after the calls that wait', async () => {
    const { extra } = await one.operate({
      needs: [[[wallet, '2']]],
      wants: [[wallet, '100', '1']],
    });
    expect(extra).toEqual([[wallet, '2']]); // (10 − 2) / (2 × 2 processes)
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '4' });
    const more = await two.operate({ wants: [[wallet, '0.3', '0.1']] });
    expect(more.extra).toEqual([[wallet, '0.3']]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('is none where the share is below a hold, and none of a limit that ran short', async () => {
    const small = await budget('small', '1');
    const { extra } = await one.operate({
      needs: [[[small, '2']]],
      wants: [
        [wallet, '100', '3'],
        [small, '1', '0.1'],
      ],
    });
    expect(extra).toEqual([]);
    expect(await one.leases()).toEqual([]);
  });

  it('is of whole pieces where pieces are counted', async () => {
    const rate = await budget('rate', '7', { kind: 'requests_per_day', window: 'day' });
    expect((await one.operate({ wants: [[rate, '5', '1']] })).extra).toEqual([[rate, '1']]);
  });
});
