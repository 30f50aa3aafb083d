import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { parseUsd } from '../../src/core/money.js';
import { type LeaseProcess, needsOf, postCall, subjectOf } from '../support/lease-process.js';
import { LeaseStage } from '../support/lease-stage.js';
import { DAY, inOneWindow } from '../support/one-window.js';
import { giveCredit, makeTenant, until } from '../support/tenant.js';

let stage: LeaseStage;
let gateway: LeaseProcess;

beforeAll(async () => {
  stage = await LeaseStage.start();
});
afterAll(() => stage.stop());
async function begin(): Promise<void> {
  await stage.begin();
  gateway = await stage.startProcess();
}
const again = async (): Promise<void> => {
  await stage.end();
  await begin();
};
beforeEach(begin);
afterEach(() => stage.end());

const inOneDay = (story: () => Promise<void>) => inOneWindow(DAY, story, { again });

const authorize = (usd: string) => gateway.authorize(stage.name, usd);
const refused = (usd: string) =>
  expect(authorize(usd)).rejects.toMatchObject({ status: 402, code: 'insufficient_credits' });

describe('authorize', () => {
  it('admits up to the last pico-dollar, and not one more', async () => {
    await stage.giveCredit('1');
    await authorize('0.999999999999');
    await authorize('0.000000000001');
    await refused('0.000000000001');
  });

  it('asks Postgres for the first call, and admits the next ones from memory, at once', async () => {
    await stage.giveCredit('1');
    // A word of the new wallet that came during the first call would have its limits read once more.
    await gateway.heard();
    await authorize('0.001');
    const operate = jest.spyOn(gateway.client, 'operate');
    const query = jest.spyOn(gateway.database.pool, 'query');
    for (let call = 0; call < 5; call++)
      expect(
        gateway.authorization.authorize(subjectOf(stage.name), needsOf('0.001')),
      ).not.toBeInstanceOf(Promise);
    expect(operate).not.toHaveBeenCalled();
    expect(query).not.toHaveBeenCalled();
  });

  it('takes the wallet, budgets and limits of a call together or not at all', async () => {
    await stage.giveCredit('1');
    await stage.makeQuota({ kind: 'budget', scope: 'project', cap: '0.5' });
    await stage.makeQuota({ kind: 'requests_per_minute', scope: 'api_key', cap: '100' });
    const hold = await authorize('0.4');
    expect(hold.entries().map(([, , amount, kind]) => [kind, amount])).toEqual([
      ['credit', '0.4'],
      ['budget', '0.4'],
      ['requests_per_minute', '1'],
    ]);
    await expect(authorize('0.2')).rejects.toMatchObject({ code: 'budget_exceeded' });
    gateway.authorization.release(hold);
    // Had the refused call kept a cent or a request of it, this one would not fit.
    await authorize('0.5');
  });

  it('an organization without a wallet has nothing', async () => {
    await refused('0.000000000001');
  });

  it('what may cost nothing needs no wallet, nor does what the wallet does not pay', async () => {
    await authorize('0');
    const hold = await gateway.authorize(stage.name, '5', { isCharged: false });
    expect(hold.entries()).toEqual([]);
  });

  it('with credentials of its own a call costs budgets, and not the wallet', async () => {
    await stage.makeQuota({ kind: 'budget', cap: '0.5' });
    const own = { isCharged: false };
    const hold = await gateway.authorize(stage.name, '0.5', own);
    expect(hold.entries().map(([, , , kind]) => kind)).toEqual(['budget']);
    await expect(gateway.authorize(stage.name, '0.1', own)).rejects.toMatchObject({
      code: 'budget_exceeded',
    });
  });

  it('organizations do not share', async () => {
    await stage.giveCredit('1');
    await makeTenant(stage.rows, `${stage.name}_rich`);
    await giveCredit(stage.rows, `${stage.name}_rich`, '9');
    await authorize('1');
    await gateway.authorize(`${stage.name}_rich`, '9');
    await refused('0.1');
  });

  it('an overdraft that was agreed on is spent too', async () => {
    await stage.giveCredit('1');
    await stage.rows.query(`UPDATE quota SET credit_limit = 2 WHERE id = $1`, [
      `credit:org_${stage.name}`,
    ]);
    await authorize('3');
    await refused('0.000000000001');
  });

  it('a thousand calls at once never get more than there is, and all of it', async () => {
    await stage.giveCredit('10');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 1_000 }, (_, at) => authorize(at % 2 === 0 ? '0.03' : '0.011')),
    );
    const granted = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.entries().map(([, , amount]) => amount) : [],
    );
    const total = granted.reduce((sum, amount) => sum + parseUsd(amount), 0n);
    expect(total <= parseUsd('10')).toBe(true);
    expect(total > parseUsd('10') - parseUsd('0.011')).toBe(true);
  });
});

describe('a refusal', () => {
  it('by the wallet says what is left and what was needed, and that repeating is no use', async () => {
    await stage.giveCredit('1');
    await postCall(stage.rows, gateway, stage.name, await authorize('0.01'), '0.01');
    await postCall(stage.rows, gateway, stage.name, await authorize('0.74'), '0.74');
    // Some of it is in hand; it is left all the same.
    await authorize('0.001');
    await expect(authorize('0.5')).rejects.toMatchObject({
      message:
        'The wallet of the organization has 0.25 USD left; this request may cost up to 0.5 USD.',
      shouldRetry: false,
    });
  });

  it(
    'by a budget names its scope, and when it resets',
    inOneDay(async () => {
      await stage.giveCredit('10');
      await stage.makeQuota({ kind: 'budget', scope: 'project', cap: '0.5', window: 'day' });
      const now = new Date();
      const midnight = new Date(now);
      midnight.setUTCHours(24, 0, 0, 0);
      const error = await authorize('0.75').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: 402, code: 'budget_exceeded', shouldRetry: false });
      const [, text = '', resets = ''] =
        /^(.*) It resets at (.*)\.$/.exec((error as Error).message) ?? [];
      expect(text).toBe(
        `The budget of the project prj_${stage.name}, 0.5 USD per day, has 0.5 USD left; this request may cost up to 0.75 USD.`,
      );
      expect(Math.abs(Date.parse(resets) - midnight.getTime())).toBeLessThan(1_500);
    }),
  );

  it('that is final is remembered, and asks Postgres once', async () => {
    await stage.giveCredit('1');
    await gateway.heard();
    await refused('2');
    const operate = jest.spyOn(gateway.client, 'operate');
    for (let call = 0; call < 20; call++) await refused('2');
    expect(operate.mock.calls.filter(([, { needs }]) => needs.length > 0)).toEqual([]);
    // Who needs less may still have it.
    await authorize('1');
  });

  it('is forgotten when there is credit', async () => {
    await stage.giveCredit('1');
    await refused('2');
    await stage.giveCredit('1');
    await until(() => authorize('2').then(Boolean, () => false), 'the admission');
  });

  it('of a wallet that did not exist is none as soon as it does', async () => {
    await refused('0.5');
    await stage.giveCredit('1');
    await authorize('0.5');
  });

  it('does not last longer than its limit', async () => {
    await stage.giveCredit('10');
    const id = await stage.makeQuota({ kind: 'budget', cap: '0.5' });
    await expect(authorize('1')).rejects.toMatchObject({ code: 'budget_exceeded' });
    await stage.rows.query('UPDATE quota SET deleted_at = now() WHERE id = $1', [id]);
    await until(() => authorize('1').then(Boolean, () => false), 'the admission');
  });
});
