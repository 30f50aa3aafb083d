import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import { RULE_SCOPES } from '../../src/core/rules/rule.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminClient } from '../support/admin-caller.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';

let api: AdminApi;
let ours: TestOrganization;
let maker: TestKey;
let made: TestKey;
let madeByMade: TestKey;
let sibling: TestKey;

beforeAll(async () => {
  api = await startAdminApi();
});
beforeEach(async () => {
  ours = await api.makeOrganization();
  maker = await insertKeyOf(api.rows, ours, { mayCreateKeys: true });
  made = await insertKeyOf(api.rows, ours, { parentId: maker.id, mayCreateKeys: true });
  madeByMade = await insertKeyOf(api.rows, ours, { parentId: made.id });
  sibling = await insertKeyOf(api.rows, ours);
});
afterAll(() => api.close());

const FORBIDDEN = '403 role_not_allowed';
const HIDDEN = '404 resource_not_found';

/** Everything that can be done to a rule of a place: make, list, get, change, delete. */
async function deeds(client: AdminClient, scope: string, scope_id: string): Promise<string[]> {
  const rules = `${ours.path}/rules`;
  const draft = { scope, scope_id, effect: 'deny', kind: 'model', subject: { models: ['x'] } };
  const { body: rule } = await ours.as('owner').post(rules, draft);
  const path = `${rules}/${rule.id as string}`;
  return [
    verdictOf(await client.post(rules, draft)),
    verdictOf(await client.get(`${rules}?scope_id=${scope_id}`)),
    verdictOf(await client.get(path)),
    verdictOf(await client.patch(path, { note: 'n' })),
    verdictOf(await client.delete(path)),
  ];
}

const placeOf = (scope: string): string =>
  ({
    organization: ours.id,
    project: ours.projectId,
    member: ours.members.viewer.id,
    api_key: sibling.id,
  })[scope] ?? '';

describe('members', () => {
  it.each(ROLES.flatMap((role) => RULE_SCOPES.map((scope) => [role, scope] as const)))(
    'who are %s, and rules of scope %s',
    async (role, scope) => {
      const everything = ['201', '200', '200', '200', '200'];
      const reading = [FORBIDDEN, '200', '200', FORBIDDEN, FORBIDDEN];
      const expected = {
        owner: everything,
        admin: everything,
        developer: scope === 'api_key' ? everything : reading,
        billing: Array(5).fill(FORBIDDEN),
        viewer: reading,
      }[role];
      expect(await deeds(ours.as(role), scope, placeOf(scope))).toEqual(expected);
    },
  );
});

describe('keys that may make keys', () => {
  it('put rules on keys that they made, at first and second hand', async () => {
    const everything = ['201', '200', '200', '200', '200'];
    expect(await deeds(api.as(maker.key), 'api_key', made.id)).toEqual(everything);
    expect(await deeds(api.as(maker.key), 'api_key', madeByMade.id)).toEqual(everything);
    expect(await deeds(api.as(made.key), 'api_key', madeByMade.id)).toEqual(everything);
  });

  it('know of no other', async () => {
    const nothing = Array(5).fill(HIDDEN);
    expect(await deeds(api.as(maker.key), 'api_key', maker.id)).toEqual(nothing);
    expect(await deeds(api.as(maker.key), 'api_key', sibling.id)).toEqual(nothing);
    expect(await deeds(api.as(made.key), 'api_key', maker.id)).toEqual(nothing);
  });

  it.each(RULE_SCOPES.filter((scope) => scope !== 'api_key'))(
    'put no rules on scope %s',
    async (scope) => {
      const told = await deeds(api.as(maker.key), scope, placeOf(scope));
      expect(told).toEqual([FORBIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN]);
    },
  );

  it('list the rules of one key at a time', async () => {
    const { status, body } = await api.as(maker.key).get(`${ours.path}/rules`);
    expect([status, body.error.param]).toEqual([400, 'scope_id']);
  });

  it('cannot lift what stands above them', async () => {
    const rules = `${ours.path}/rules`;
    const place = { scope: 'api_key', scope_id: maker.id };
    const draft = { ...place, effect: 'deny', kind: 'model', subject: { models: ['x'] } };
    const { body: rule } = await ours.as('owner').post(rules, draft);
    const path = `${rules}/${rule.id as string}`;
    for (const { key } of [maker, made]) {
      expect(verdictOf(await api.as(key).delete(path))).toBe(HIDDEN);
      expect(verdictOf(await api.as(key).patch(path, { subject: { models: ['y'] } }))).toBe(HIDDEN);
    }
    expect((await ours.as('owner').get(path)).body).toEqual(rule);
  });

  it('that may not make keys have no admin API', async () => {
    expect(verdictOf(await api.as(sibling.key).get(`${ours.path}/rules?scope_id=${made.id}`))).toBe(
      '401 invalid_api_key',
    );
  });
});
