import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LeasingProcesses } from '../support/leasing-processes.js';
import { faultsOf, makeQuota, quotaOf } from '../support/quotas.js';

let stage: LeasingProcesses;

beforeAll(async () => {
  stage = await LeasingProcesses.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

const budget = (name: string, cap: string, more = {}) =>
  makeQuota(stage.rows, `${name}_${stage.tenant}`, {
    organization: stage.organization,
    cap,
    ...more,
  }).then(() => `${name}_${stage.tenant}`);

describe('a call that waits', () => {
  it('gets all that it needs, of every limit', async () => {
    const project = await budget('project', '5');
    const answer = await stage.one.operate({
      needs: [
        [
          [project, '0.25'],
          [stage.wallet, '0.25'],
        ],
      ],
    });
    expect(answer).toMatchObject({ granted: [0], refused: [], extra: [], recalled: [] });
    expect(new Map(answer.quotas.map((quota) => [quota[0], quota]))).toEqual(
      new Map([
        [project, [project, 0, null, '5', '4.75']],
        [stage.wallet, [stage.wallet, 0, null, '10', '9.75']],
      ]),
    );
    expect(await stage.one.leases()).toEqual([
      [stage.wallet, '0.25'],
      [project, '0.25'],
    ]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('gets nothing where one of its limits is short, and the next one is not refused for it', async () => {
    const small = await budget('small', '1');
    const answer = await stage.one.operate({
      needs: [
        [
          [stage.wallet, '2'],
          [small, '2'],
        ],
        [
          [stage.wallet, '9'],
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
    expect(await stage.one.leases()).toEqual([
      [stage.wallet, '9'],
      [small, '1'],
    ]);
  });

  it('is refused for good where what is spent leaves too little, else for what others have in hand', async () => {
    await stage.two.lease([[stage.wallet, '6']]);
    const { refused } = await stage.one.operate({
      needs: [[[stage.wallet, '5']], [[stage.wallet, '10.000000000001']]],
    });
    expect(refused.map(({ need, final, left }) => [need, final, left])).toEqual([
      [0, false, '4'],
      [1, true, '10'],
    ]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0', leased: '6' });
  });

  it('is refused by a limit that is not there, and admitted by one that was deleted', async () => {
    const gone = await budget('gone', '1');
    await stage.rows.query('UPDATE quota SET deleted_at = now() WHERE id = $1', [gone]);
    const { granted, refused } = await stage.one.operate({
      needs: [[[gone, '5']], [['never', '1']]],
    });
    expect(granted).toEqual([0]);
    expect(refused).toEqual([{ need: 1, quota: 'never', reset_ms: null, final: true, left: '0' }]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('may use the credit limit of its wallet, to the last digit', async () => {
    await stage.rows.query('UPDATE quota SET credit_limit = 2 WHERE id = $1', [stage.wallet]);
    const { granted } = await stage.one.operate({
      needs: [[[stage.wallet, '12.000000000001']], [[stage.wallet, '12']]],
    });
    expect(granted).toEqual([1]);
  });

  it('has one of so many slots of a limit on calls at a time', async () => {
    const slots = await budget('slots', '2', { kind: 'concurrency' });
    expect((await stage.one.operate({ needs: [[[slots, '1']]] })).granted).toEqual([0]);
    expect((await stage.two.operate({ needs: [[[slots, '1']]] })).granted).toEqual([0]);
    const { refused } = await stage.two.operate({ needs: [[[slots, '1']]] });
    expect(refused).toMatchObject([{ final: false }]);
    await stage.one.operate({ returns: [[slots, 0, '1']] });
    expect((await stage.two.operate({ needs: [[[slots, '1']]] })).granted).toEqual([0]);
    expect(await quotaOf(stage.rows, slots)).toMatchObject({ spent: '0', leased: '2' });
  });
});

describe('an extra slice', () => {
  it('is at most a share of what is left after the calls that wait', async () => {
    const { extra } = await stage.one.operate({
      needs: [[[stage.wallet, '2']]],
      wants: [[stage.wallet, '100', '1']],
    });
    expect(extra).toEqual([[stage.wallet, '2']]); // (10 − 2) / (2 × 2 processes)
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '4' });
    const more = await stage.two.operate({ wants: [[stage.wallet, '0.3', '0.1']] });
    expect(more.extra).toEqual([[stage.wallet, '0.3']]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('is none where the share is below a hold, and none of a limit that ran short', async () => {
    const small = await budget('small', '1');
    const { extra } = await stage.one.operate({
      needs: [[[small, '2']]],
      wants: [
        [stage.wallet, '100', '3'],
        [small, '1', '0.1'],
      ],
    });
    expect(extra).toEqual([]);
    expect(await stage.one.leases()).toEqual([]);
  });

  it('is of whole pieces where pieces are counted', async () => {
    const rate = await budget('rate', '7', { kind: 'requests_per_day', window: 'day' });
    expect((await stage.one.operate({ wants: [[rate, '5', '1']] })).extra).toEqual([[rate, '1']]);
  });
});
