import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { booksOf, startMoneyApi } from '../support/money-api.js';

let api: AdminApi;
let ours: TestOrganization;
beforeAll(async () => {
  api = await startMoneyApi();
  ours = await api.makeOrganization('ours');
});
afterAll(() => api.close());

/** A monthly budget of the organization, where a test does not say otherwise. */
const create = (more: Record<string, unknown> = {}): Promise<AdminAnswer> =>
  ours.as('billing').post(`${ours.path}/budgets`, {
    scope: 'organization',
    period: 'month',
    amount: '10',
    ...more,
  });

const pathOf = ({ body }: AdminAnswer): string => `${ours.path}/budgets/${String(body.id)}`;

describe('a budget that makes no sense', () => {
  it.each([
    [{ amount: '-1' }, 'amount'],
    [{ amount: '0.0000000000001' }, 'amount'],
    [{ amount: '1e2' }, 'amount'],
    [{ amount: 10 }, 'amount'],
    [{ amount: '1', currency: 'EUR' }, 'currency'],
    [{ period: 'fortnight' }, 'period'],
    [{ period: 'minute' }, 'period'],
    [{ period: null }, 'period'],
    [{ scope: 'free_models' }, 'scope'],
    [{ enforcement: 'soft' }, 'enforcement'],
    [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ time_zone: 'Europe/berlin' }, 'time_zone'],
    [{ time_zone: '+02:00' }, 'time_zone'],
    [{ time_zone: 'FOO-2' }, 'time_zone'],
    [{ time_zone: 'localtime' }, 'time_zone'],
    [{ time_zone: `UTC'; DROP TABLE quota` }, 'time_zone'],
    [{ anchor: 'now' }, 'anchor'],
    [{ anchor: '2026-01-01T09:30:00', time_zone: 'Europe/Berlin' }, 'anchor'],
    [{ anchor: '2026-02-30T09:30:00Z' }, 'anchor'],
    [{ anchor: '0001-01-01T00:00:00Z' }, 'anchor'],
    [{ anchor: '9999-01-01T00:00:00Z' }, 'anchor'],
    [{ anchor: '2026-01-01T00:00:00Z', period: 'total' }, 'anchor'],
    [{ scope: 'project' }, 'scope_id'],
    [{ scope: 'tag', scope_id: 'prj_1', tag_name: 'a' }, 'scope_id'],
    [{ scope: 'tag' }, 'tag_name'],
    [{ scope: 'tag', tag_name: 'a b' }, 'tag_name'],
    [{ scope: 'tag', tag_name: 'a', tag_value: 'b\n' }, 'tag_value'],
    [{ tag_name: 'a' }, 'tag_name'],
    [{ tag_value: 'a' }, 'tag_value'],
  ])('is refused and changes nothing: %j', async (more, param) => {
    const before = await booksOf(api.rows, ours);
    const answer = await create(more);
    expect([verdictOf(answer), answer.body.error.param]).toEqual(['400 invalid_parameter', param]);
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });

  it.each([
    [{ amount: '-1' }, 'amount'],
    [{ amount: null }, 'amount'],
    [{ period: 'year' }, 'period'],
    [{ time_zone: 'Nowhere' }, 'time_zone'],
    [{ scope: 'project' }, 'scope'],
    [{ spent: '0' }, 'spent'],
  ])('is not made of one that does: %j', async (change, param) => {
    const made = await create();
    const before = await booksOf(api.rows, ours);
    const answer = await ours.as('owner').patch(pathOf(made), change);
    expect([verdictOf(answer), answer.body.error.param]).toEqual(['400 invalid_parameter', param]);
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });
});
