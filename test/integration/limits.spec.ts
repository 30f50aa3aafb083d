import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ROLES } from '../../src/core/admin.js';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer, type AdminClient } from '../support/admin-caller.js';
import { booksOf, startMoneyApi } from '../support/money-api.js';
import { TestProcess } from '../support/quotas.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';
import { until } from '../support/tenant.js';

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
beforeEach(async () => {
  ours = await api.makeOrganization('ours');
  key = await insertKeyOf(api.rows, ours);
});
afterAll(() => api.close());

const create = (
  more: Record<string, unknown> = {},
  client: AdminClient = ours.as('owner'),
): Promise<AdminAnswer> =>
  client.post(`${ours.path}/limits`, {
    scope: 'organization',
    kind: 'requests_per_minute',
    amount: 60,
    ...more,
  });

const pathOf = ({ body }: AdminAnswer): string => `${ours.path}/limits/${String(body.id)}`;

describe('a limit', () => {
  it.each([
    ['requests_per_minute', /:00\.000Z$/],
    ['tokens_per_minute', /:00\.000Z$/],
    ['requests_per_day', /T00:00:00\.000Z$/],
    ['concurrency', null],
  ])('of %s can be set, read, changed and taken away', async (kind, resets) => {
    const places = [
      { scope: 'organization', scope_id: ours.id },
      { scope: 'project', scope_id: ours.projectId },
      { scope: 'api_key', scope_id: key.id },
      { scope: 'free_models', scope_id: null },
    ];
    for (const place of places) {
      const { scope_id: scopeId, scope } = place;
      const made = await create({
        kind,
        scope,
        ...(scopeId === null ? {} : { scope_id: scopeId }),
      });
      expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
      expect(made.body).toEqual({
        object: 'limit',
        id: expect.stringMatching(/^lim_[0-9A-Z]{26}$/),
        organization_id: ours.id,
        ...place,
        kind,
        amount: 60,
        used: 0,
        leased: 0,
        resets_at: resets === null ? null : expect.stringMatching(resets),
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
        version: 1,
      });
      const found = (await ours.as('developer').get(pathOf(made))).body;
      expect({ ...found, resets_at: null }).toEqual({ ...made.body, resets_at: null });
      const changed = await ours.as('billing').patch(pathOf(made), { amount: 1_000_000_000_000 });
      expect(changed.body).toMatchObject({ amount: 1_000_000_000_000, version: 2 });
      const gone = await ours.as('admin').delete(pathOf(made));
      expect(gone.body).toEqual({ object: 'limit', id: made.body.id, deleted: true });
      expect(verdictOf(await ours.as('owner').get(pathOf(made)))).toBe('404 resource_not_found');
    }
  });

  it('shows what processes have in hand of it', async () => {
    const made = await create({ kind: 'concurrency' });
    const process = await TestProcess.register(api.rows, `leasing ${ours.id}`);
    await process.lease([[String(made.body.id), '3']]);
    expect((await ours.as('owner').get(pathOf(made))).body).toMatchObject({ used: 0, leased: 3 });
  });

  it('is there once for each kind and scope, until it is taken away', async () => {
    const [made, second] = await Promise.all([create(), create()]);
    const verdicts = [made, second].map(verdictOf).toSorted();
    expect(verdicts).toEqual(['201', '409 resource_conflict']);
    expect((await create({ kind: 'requests_per_day' })).status).toBe(201);
    await ours.as('owner').delete(pathOf(made.status === 201 ? made : second));
    expect((await create()).status).toBe(201);
  });

  it('is told to every process when it is set, changed and taken away', async () => {
    const client = new pg.Client({ connectionString: api.databaseUrl });
    await client.connect();
    try {
      const heard: string[] = [];
      client.on('notification', ({ payload }) => heard.push(payload ?? ''));
      await client.query('LISTEN osm_quota');
      const told = async (work: Promise<AdminAnswer>): Promise<AdminAnswer> => {
        heard.length = 0;
        const answer = await work;
        await until(() => heard.includes(ours.id), 'the notification');
        return answer;
      };
      const made = await told(create());
      await told(ours.as('owner').patch(pathOf(made), { amount: 1 }));
      await told(ours.as('owner').delete(pathOf(made)));
    } finally {
      await client.end();
    }
  });

  it.each([
    [{ amount: -1 }, 'amount'],
    [{ amount: 1.5 }, 'amount'],
    [{ amount: '60' }, 'amount'],
    [{ amount: 1e13 }, 'amount'],
    [{ amount: null }, 'amount'],
    [{ kind: 'budget' }, 'kind'],
    [{ kind: 'credit' }, 'kind'],
    [{ scope: 'member' }, 'scope'],
    [{ scope: 'project' }, 'scope_id'],
    [{ scope: 'free_models', scope_id: 'prj_1' }, 'scope_id'],
    [{ period: 'day' }, 'period'],
  ])('is refused and changes nothing: %j', async (more, param) => {
    const before = await booksOf(api.rows, ours);
    const answer = await create(more);
    expect([verdictOf(answer), answer.body.error.param]).toEqual(['400 invalid_parameter', param]);
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });
});

describe('who may set limits', () => {
  it('owners, administrators and billing; everybody reads them; nobody what is not theirs', async () => {
    for (const role of ROLES) {
      const isAllowed = ['owner', 'admin', 'billing'].includes(role);
      const made = await create({}, ours.as(role));
      expect(verdictOf(made)).toBe(isAllowed ? '201' : '403 role_not_allowed');
      expect((await ours.as(role).get(`${ours.path}/limits`)).status).toBe(200);
      if (isAllowed) await ours.as(role).delete(pathOf(made));
    }
    const made = await create();
    const budget = await ours
      .as('owner')
      .post(`${ours.path}/budgets`, { scope: 'organization', period: 'day', amount: '1' });
    const before = await booksOf(api.rows, ours);
    const theirPath = `${theirs.path}/limits/${String(made.body.id)}`;
    const hidden = [
      await theirs.as('owner').get(pathOf(made)),
      await theirs.as('owner').get(theirPath),
      await theirs.as('owner').patch(theirPath, { amount: 1 }),
      await theirs.as('owner').delete(theirPath),
      await ours.as('owner').delete(`${ours.path}/limits/${String(budget.body.id)}`),
      await ours.as('owner').delete(`${ours.path}/limits/credit:${ours.id}`),
      await create({ scope: 'project', scope_id: theirs.projectId }),
      await create({ scope: 'api_key', scope_id: theirKey.id }),
      await create({ scope_id: theirs.id }),
    ];
    for (const answer of hidden) expect(verdictOf(answer)).toBe('404 resource_not_found');
    expect(await booksOf(api.rows, ours)).toEqual(before);
  });
});

describe('the list of limits', () => {
  it('has limits alone, by kind and scope', async () => {
    const made = [await create(), await create({ kind: 'concurrency' })];
    await ours
      .as('owner')
      .post(`${ours.path}/budgets`, { scope: 'organization', period: 'day', amount: '1' });
    const listed = async (query: string): Promise<string[]> =>
      (await ours.as('viewer').get(`${ours.path}/limits?${query}`)).body.data
        .map(({ id }: { id: string }) => id)
        .toSorted();
    const ids = made.map(({ body }) => String(body.id)).toSorted();
    expect(await listed('')).toEqual(ids);
    expect(await listed('kind=concurrency')).toEqual([made[1]?.body.id]);
    expect(await listed('scope=project')).toEqual([]);
    expect(await listed(`scope=organization&scope_id=${ours.id}`)).toEqual(ids);
  });
});
