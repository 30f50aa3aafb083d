import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeyService } from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { insertKeyOf, verdictOf as verdictOn } from '../support/key-process.js';
import { expectRefusals, WRONG_TEXTS, WRONG_TIMES } from '../support/wrong-fields.js';

const FUTURE = '2040-01-01T00:00:00.000Z';

let api: AdminApi;
let organization: TestOrganization;
/** `/admin/v1/organizations/<id>/keys` */
let all: string;
beforeAll(async () => {
  api = await startAdminApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  organization = await api.makeOrganization();
  all = `${organization.path}/keys`;
});

const rowOf = async (id: string) =>
  (await api.rows.query('SELECT * FROM api_key WHERE id = $1', [id]))[0];
/** `ok`, or how the API refuses a key. */
const judge = (key: string) => verdictOn(() => api.app.get(ApiKeyService).authenticate(key));
const right = () => ({ name: 'k', project_id: organization.projectId });

describe('PATCH …/keys/:key_id', () => {
  it('disables and enables with effect from the answer on', async () => {
    const { id, key } = (await organization.as('owner').post(all, right())).body;
    expect(await judge(key)).toBe('ok');
    const { body, headers } = await organization
      .as('developer')
      .patch(`${all}/${id}`, { status: 'disabled', name: 'other' });
    expect(body).toMatchObject({ status: 'disabled', name: 'other', version: 2 });
    expect(headers.get('etag')).toBe('"2"');
    expect(await judge(key)).toBe('403 key_disabled');
    await organization.as('developer').patch(`${all}/${id}`, { status: 'active' });
    expect(await judge(key)).toBe('ok');
  });

  it('sets and takes away an end and a right', async () => {
    const { id } = (await organization.as('owner').post(all, right())).body;
    const set = await organization
      .as('owner')
      .patch(`${all}/${id}`, { expires_at: FUTURE, may_create_keys: true });
    expect(set.body).toMatchObject({ expires_at: FUTURE, may_create_keys: true, name: 'k' });
    const same = await organization.as('owner').patch(`${all}/${id}`, { name: 'n' });
    expect(same.body).toMatchObject({ expires_at: FUTURE, may_create_keys: true, name: 'n' });
    const taken = await organization
      .as('owner')
      .patch(`${all}/${id}`, { expires_at: null, may_create_keys: false });
    expect(taken.body).toMatchObject({ expires_at: null, may_create_keys: false, version: 4 });
  });

  it('is not for billing and viewer', async () => {
    const { id } = await insertKeyOf(api.rows, organization);
    for (const role of ['billing', 'viewer'] as const) {
      const client = organization.as(role);
      const answers = [
        await client.patch(`${all}/${id}`, { name: 'x' }),
        await client.delete(`${all}/${id}`),
        await client.post(`${all}/${id}/rotate`),
      ];
      expect(answers.map(verdictOf)).toEqual(Array(3).fill('403 role_not_allowed'));
    }
    expect(await rowOf(id)).toMatchObject({ version: 1 });
  });

  it('refuses what is wrong, naming the field', async () => {
    const { id } = await insertKeyOf(api.rows, organization);
    await expectRefusals(organization.as('owner'), {
      method: 'PATCH',
      path: `${all}/${id}`,
      right: {},
      wrong: {
        name: [...WRONG_TEXTS, null],
        status: ['revoked', 'x', null, 1],
        expires_at: WRONG_TIMES,
        may_create_keys: [1, 'true', null],
        project_id: [organization.projectId],
        member_id: [null],
        parent_id: [null],
        hash: ['x'],
      },
    });
    expect(await rowOf(id)).toMatchObject({ version: 1 });
  });

  it('minds If-Match', async () => {
    const { id } = await insertKeyOf(api.rows, organization);
    const stale = { 'if-match': '"2"' };
    const answers = [
      await organization.as('owner').patch(`${all}/${id}`, { name: 'x' }, stale),
      await organization.as('owner').delete(`${all}/${id}`, stale),
      await organization.as('owner').post(`${all}/${id}/rotate`, {}, stale),
    ];
    expect(answers.map(verdictOf)).toEqual(Array(3).fill('412 precondition_failed'));
  });
});

describe('DELETE …/keys/:key_id', () => {
  it('revokes for good, from the answer on', async () => {
    const { id, key } = (await organization.as('owner').post(all, right())).body;
    expect(await judge(key)).toBe('ok');
    const { status, body } = await organization.as('developer').delete(`${all}/${id}`);
    expect([status, body]).toEqual([200, { object: 'api_key', id, deleted: true }]);
    expect(await judge(key)).toBe('401 invalid_api_key');
    const answers = [
      await organization.as('owner').patch(`${all}/${id}`, { status: 'active' }),
      await organization.as('owner').delete(`${all}/${id}`),
      await organization.as('owner').post(`${all}/${id}/rotate`),
    ];
    expect(answers.map(verdictOf)).toEqual(Array(3).fill('409 resource_conflict'));
    expect((await organization.as('owner').get(`${all}/${id}`)).body).toMatchObject({
      status: 'revoked',
      revoked_at: expect.any(String),
      version: 2,
    });
  });
});

describe('a key of another organization', () => {
  it('does not exist', async () => {
    const other = await api.makeOrganization();
    const { id } = await insertKeyOf(api.rows, other);
    for (const client of [organization.as('owner'), api.operator]) {
      const answers = [
        await client.get(`${all}/${id}`),
        await client.patch(`${all}/${id}`, { name: 'x' }),
        await client.delete(`${all}/${id}`),
        await client.post(`${all}/${id}/rotate`),
        await client.get(`${all}/key_1`),
      ];
      expect(answers.map(verdictOf)).toEqual(Array(5).fill('404 resource_not_found'));
    }
    const answers = [
      await organization.as('owner').get(`${other.path}/keys`),
      await organization.as('owner').post(`${other.path}/keys`, right()),
      await organization.as('owner').delete(`${other.path}/keys/${id}`),
    ];
    expect(answers.map(verdictOf)).toEqual(Array(3).fill('404 resource_not_found'));
    expect(await rowOf(id)).toMatchObject({ status: 'active', version: 1 });
  });
});
