import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer, type AdminClient } from '../support/admin-caller.js';
import { booksOf, startMoneyApi } from '../support/money-api.js';
import { DAY, inOneWindow } from '../support/one-window.js';
import { quotaOf, TestProcess } from '../support/quotas.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';

let api: AdminApi;
let ours: TestOrganization;
let theirs: TestOrganization;
let key: TestKey;
let theirKey: TestKey;
beforeAll(async () => {
  api = await startMoneyApi();
  theirs = await api.makeOrganization('theirs');
  theirKey = await insertKeyOf(api.rows, theirs);
});
async function begin(): Promise<void> {
  ours = await api.makeOrganization('ours');
  key = await insertKeyOf(api.rows, ours);
}
beforeEach(begin);
afterAll(() => api.close());

const inOneDay = (story: () => Promise<void>) => inOneWindow(DAY, story, { again: begin });

/** A monthly budget of the organization, where a test does not say otherwise. */
const create = (
  more: Record<string, unknown> = {},
  client: AdminClient = ours.as('billing'),
): Promise<AdminAnswer> =>
  client.post(`${ours.path}/budgets`, {
    scope: 'organization',
    period: 'month',
    amount: '10',
    ...more,
  });

const pathOf = ({ body }: AdminAnswer): string => `${ours.path}/budgets/${String(body.id)}`;

describe('a budget', () => {
  it(
    'can be set on an organization, a project, a member, a key and tags, read, changed and taken away',
    inOneDay(async () => {
      const none = { tag_name: null, tag_value: null };
      const places: [Record<string, unknown>, Record<string, unknown>][] = [
        [{ scope: 'organization' }, { scope_id: ours.id, ...none }],
        [
          { scope: 'organization', scope_id: ours.id },
          { scope_id: ours.id, ...none },
        ],
        [{ scope: 'project', scope_id: ours.projectId }, none],
        [{ scope: 'member', scope_id: ours.members.viewer.id }, none],
        [{ scope: 'api_key', scope_id: key.id }, none],
        [
          { scope: 'tag', tag_name: 'Team', tag_value: 'Blue Team' },
          { scope_id: null, tag_name: 'team', tag_value: 'Blue Team' },
        ],
        [
          { scope: 'tag', tag_name: 'team' },
          { scope_id: null, tag_name: 'team', tag_value: null },
        ],
      ];
      for (const [place, shown] of places) {
        const made = await create({ ...place, amount: '10.50' });
        expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
        expect(made.body).toEqual({
          object: 'budget',
          id: expect.stringMatching(/^bud_[0-9A-Z]{26}$/),
          organization_id: ours.id,
          ...place,
          ...shown,
          period: 'month',
          amount: '10.5',
          enforcement: 'hard',
          time_zone: 'UTC',
          anchor: null,
          spent: '0',
          leased: '0',
          left: '10.5',
          resets_at: expect.stringMatching(/-01T00:00:00\.000Z$/),
          created_at: expect.stringMatching(/^\d{4}-.*Z$/),
          version: 1,
        });
        expect((await ours.as('viewer').get(pathOf(made))).body).toEqual(made.body);
        const change = { amount: '3', enforcement: 'warning', period: 'total' };
        const changed = await ours.as('admin').patch(pathOf(made), change);
        expect(changed.body).toEqual({
          ...made.body,
          ...change,
          left: '3',
          resets_at: null,
          version: 2,
        });
        const gone = await ours.as('owner').delete(pathOf(made));
        expect(gone.body).toEqual({ object: 'budget', id: made.body.id, deleted: true });
        expect(verdictOf(await ours.as('owner').get(pathOf(made)))).toBe('404 resource_not_found');
        expect(verdictOf(await ours.as('owner').delete(pathOf(made)))).toBe(
          '404 resource_not_found',
        );
      }
      const actions = await api.rows.query(
        'SELECT action, count(*)::int AS times FROM audit_entry WHERE organization_id = $1 GROUP BY 1 ORDER BY 1',
        [ours.id],
      );
      expect(actions).toEqual(
        ['create', 'delete', 'update'].map((verb) => ({
          action: `budget.${verb}`,
          times: places.length,
        })),
      );
    }),
  );

  it(
    'shows what is spent and leased, and begins anew with its period, whoever looks first',
    inOneDay(async () => {
      const made = await create({ period: 'day' });
      const id = String(made.body.id);
      const process = await TestProcess.register(api.rows, `leasing ${id}`);
      await process.lease([[id, '4']]);
      await api.rows.query('UPDATE quota SET spent = 2.25 WHERE id = $1', [id]);
      const now = (await ours.as('owner').get(pathOf(made))).body;
      expect(now).toMatchObject({ spent: '2.25', leased: '4', left: '7.75' });
      await api.rows.query('UPDATE quota SET period = period - 86400 WHERE id = $1', [id]);
      const tomorrow = (await ours.as('owner').get(pathOf(made))).body;
      expect(tomorrow).toMatchObject({ spent: '0', leased: '0', left: '10' });
    }),
  );

  it('may be set below what is spent: it refuses then, and nothing breaks', async () => {
    const made = await create({ period: 'total' });
    const id = String(made.body.id);
    await api.rows.query('UPDATE quota SET spent = 8 WHERE id = $1', [id]);
    const answer = await ours.as('owner').patch(pathOf(made), { amount: '5' });
    expect(answer.body).toMatchObject({ amount: '5', spent: '8', left: '0' });
    const process = await TestProcess.register(api.rows, `refused ${id}`);
    const { refused } = await process.operate({ needs: [[[id, '0.000000000001']]] });
    expect(refused).toMatchObject([{ quota: id, final: true, left: '0' }]);
  });

  it('that was taken away refuses nothing any more, and its row is kept', async () => {
    const made = await create({ amount: '0' });
    const id = String(made.body.id);
    const process = await TestProcess.register(api.rows, `freed ${id}`);
    expect((await process.operate({ needs: [[[id, '1']]] })).granted).toEqual([]);
    await ours.as('owner').delete(pathOf(made));
    expect((await process.operate({ needs: [[[id, '1']]] })).granted).toEqual([0]);
    expect((await quotaOf(api.rows, id)).leased).toBe('1');
  });

  it('is not changed by somebody who saw another version', async () => {
    const made = await create();
    await ours.as('owner').patch(pathOf(made), { amount: '11' });
    const stale = { 'if-match': '"1"' };
    const answers = [
      await ours.as('owner').patch(pathOf(made), { amount: '12' }, stale),
      await ours.as('owner').delete(pathOf(made), stale),
    ];
    for (const answer of answers) expect(verdictOf(answer)).toBe('412 precondition_failed');
    expect((await ours.as('owner').get(pathOf(made))).body.amount).toBe('11');
  });

  it('keeps its anchor while its period changes, but for a total', async () => {
    const anchor = '2026-01-15T09:30:00.000Z';
    const made = await create({ anchor });
    expect(made.body.resets_at).toMatch(/-15T09:30:00\.000Z$/);
    const total = await ours.as('owner').patch(pathOf(made), { period: 'total' });
    expect([verdictOf(total), total.body.error.param]).toEqual(['400 invalid_parameter', 'anchor']);
    const day = await ours.as('owner').patch(pathOf(made), { period: 'day' });
    expect(day.body).toMatchObject({ anchor, resets_at: expect.stringMatching(/T09:30/) });
    const cleared = await ours.as('owner').patch(pathOf(made), { period: 'total', anchor: null });
    expect(cleared.body).toMatchObject({ anchor: null, period: 'total', resets_at: null });
  });
});

describe('who may set budgets', () => {
  it('owners, administrators and billing; and nobody for what is not theirs', async () => {
    for (const role of ROLES) {
      const isAllowed = ['owner', 'admin', 'billing'].includes(role);
      const expected = isAllowed ? '201' : '403 role_not_allowed';
      expect(verdictOf(await create({}, ours.as(role)))).toBe(expected);
    }
    const made = await create();
    const before = await booksOf(api.rows, ours);
    const stranger = theirs.as('owner');
    const theirPath = `${theirs.path}/budgets/${String(made.body.id)}`;
    const hidden = [
      await create({}, stranger),
      await stranger.get(pathOf(made)),
      await stranger.get(theirPath),
      await stranger.patch(theirPath, { amount: '1' }),
      await stranger.delete(theirPath),
      await ours.as('owner').get(`${ours.path}/budgets/credit:${ours.id}`),
      await create({ scope: 'organization', scope_id: theirs.id }),
      await create({ scope: 'project', scope_id: theirs.projectId }),
      await create({ scope: 'member', scope_id: theirs.members.owner.id }),
      await create({ scope: 'api_key', scope_id: theirKey.id }),
    ];
    for (const answer of hidden) expect(verdictOf(answer)).toBe('404 resource_not_found');
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });
});

describe('the list of budgets', () => {
  it('has those of the organization that are not deleted, by scope, in pages', async () => {
    const made: string[] = [];
    for (const scope of ['organization', 'project', 'organization'] as const) {
      const place = scope === 'project' ? { scope_id: ours.projectId } : {};
      made.unshift(String((await create({ scope, ...place })).body.id));
    }
    const deleted = await create();
    await ours.as('owner').delete(pathOf(deleted));
    await create({}, api.operator);
    const listed = async (query: string) =>
      (await ours.as('owner').get(`${ours.path}/budgets?${query}`)).body;
    const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
    const [newest, ...older] = ids(await listed(''));
    expect(newest).not.toBe(deleted.body.id);
    expect(older.toSorted()).toEqual(made.toSorted());
    expect(ids(await listed('scope=project'))).toEqual([made[1]]);
    expect(ids(await listed(`scope_id=${ours.projectId}`))).toEqual([made[1]]);
    const first = await listed('limit=3');
    const rest = await listed(`limit=3&cursor=${String(first.next_cursor)}`);
    expect([first.has_more, rest.has_more]).toEqual([true, false]);
    expect([...ids(first), ...ids(rest)]).toEqual([newest, ...older]);
    expect(ids((await theirs.as('owner').get(`${theirs.path}/budgets`)).body)).toEqual([]);
  });
});
