import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BudgetWatchService } from '../../src/billing/budgets/budget-watch.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { postCall, startMoneyApi } from '../support/money-api.js';
import { DAY, inOneWindow } from '../support/one-window.js';

let api: AdminApi;
let watch: BudgetWatchService;
let ours: TestOrganization;
beforeAll(async () => {
  api = await startMoneyApi();
  watch = new BudgetWatchService(api.app.get(DatabaseService));
});
async function begin(): Promise<void> {
  ours = await api.makeOrganization('ours');
}
beforeEach(begin);
afterAll(() => api.close());

const inOneDay = (story: () => Promise<void>) => inOneWindow(DAY, story, { again: begin });

const create = async (more: object = {}): Promise<string> => {
  const body = { scope: 'organization', period: 'total', amount: '10', enforcement: 'warning' };
  const made = await ours.as('owner').post(`${ours.path}/budgets`, { ...body, ...more });
  return String(made.body.id);
};

const alertsOf = async (query = '', organization = ours) =>
  (await organization.as('billing').get(`${organization.path}/budget-alerts?${query}`)).body.data;

const thresholdsOf = async (query = ''): Promise<number[]> =>
  (await alertsOf(query)).map(({ threshold }: { threshold: number }) => threshold).toSorted();

const spend = (amount: string) => postCall(api.rows, ours, amount, { startedAt: Date.now() });

describe('a budget that is used up', () => {
  it('is told of at 50, 80 and 100 %, once each, and refuses nothing where it only warns', async () => {
    const id = await create();
    await spend('4.999999999999');
    expect(await watch.look()).toBe(0);
    await spend('0.000000000001');
    expect(await watch.look()).toBe(1);
    expect(await watch.look()).toBe(0);
    const [alert] = await alertsOf();
    expect(alert).toEqual({
      object: 'budget_alert',
      id: `alr_${id}_0_50`,
      organization_id: ours.id,
      budget_id: id,
      threshold: 50,
      amount: '10',
      spent: '5',
      period_start: null,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await spend('7');
    expect((await Promise.all([watch.look(), watch.look()])).toSorted()).toEqual([0, 2]);
    expect(await thresholdsOf()).toEqual([100, 50, 80]);
  });

  it(
    'is told of again in its next period',
    inOneDay(async () => {
      const id = await create({ period: 'day', amount: '1' });
      await spend('0.6');
      expect(await watch.look()).toBe(1);
      await api.rows.query(
        `UPDATE quota SET period = period - 86400, period_ends = period_ends - interval '1 day' WHERE id = $1`,
        [id],
      );
      await api.rows.query(
        `UPDATE budget_alert SET id = id || '_before', period = period - 86400 WHERE quota_id = $1`,
        [id],
      );
      expect(await watch.look()).toBe(0);
      await spend('0.9');
      expect(await watch.look()).toBe(2);
      const [newest] = await alertsOf('limit=1');
      expect(newest.period_start).toMatch(/T00:00:00\.000Z$/);
    }),
  );

  it('is told of to its organization alone, and not where it is gone or was never used', async () => {
    const deleted = await create();
    await create({ amount: '0', enforcement: 'hard' });
    const kept = await create({ amount: '1', enforcement: 'hard' });
    await api.rows.query('UPDATE quota SET spent = 2 WHERE id = ANY ($1)', [[deleted, kept]]);
    await ours.as('owner').delete(`${ours.path}/budgets/${deleted}`);
    expect(await watch.look()).toBe(3);
    expect(await thresholdsOf(`budget_id=${kept}`)).toEqual([100, 50, 80]);
    expect(await thresholdsOf(`budget_id=${deleted}`)).toEqual([]);
    const others = await api.makeOrganization('others');
    expect(await alertsOf('', others)).toEqual([]);
  });
});
