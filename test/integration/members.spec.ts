import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Role } from '../../src/core/admin.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { expectRefusals, WRONG_TEXTS } from '../support/wrong-fields.js';

let api: AdminApi;
let organization: TestOrganization;
/** `/admin/v1/organizations/<id>/members` */
let all: string;
beforeAll(async () => {
  api = await startAdminApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  organization = await api.makeOrganization();
  all = `${organization.path}/members`;
});

const pathOf = (role: Role) => `${all}/${organization.members[role].id}`;
const rowOf = async (id: string) =>
  (await api.rows.query('SELECT * FROM member WHERE id = $1', [id]))[0];

describe('POST …/members', () => {
  it.each(['owner', 'admin'] as const)('an %s adds members', async (role) => {
    const { status, body } = await organization
      .as(role)
      .post(all, { email: 'Ann.B+x@Example.COM', name: 'Ann', role: 'billing' });
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'member',
      id: expect.stringMatching(/^mem_/),
      organization_id: organization.id,
      email: 'ann.b+x@example.com',
      name: 'Ann',
      role: 'billing',
      status: 'active',
      created_at: expect.any(String),
      version: 1,
    });
    expect((await organization.as('viewer').get(`${all}/${body.id}`)).body).toEqual(body);
  });

  it('owners are made by owners and operators', async () => {
    const ann = { email: 'ann@example.com', name: 'Ann', role: 'owner' };
    const { status, body } = await organization.as('admin').post(all, ann);
    expect([status, body.error.code, body.error.param]).toEqual([403, 'role_not_allowed', 'role']);
    expect((await organization.as('owner').post(all, ann)).status).toBe(201);
    expect((await api.operator.post(all, { ...ann, email: 'bob@example.com' })).status).toBe(201);
  });

  it('an email is there once in an organization, however it is written', async () => {
    const ann = { email: 'ann@example.com', name: 'Ann', role: 'viewer' };
    await organization.as('owner').post(all, ann);
    const again = await organization.as('owner').post(all, { ...ann, email: 'ANN@example.com' });
    expect([again.status, again.body.error.code, again.body.error.param]).toEqual([
      409,
      'resource_conflict',
      'email',
    ]);
    const other = await api.makeOrganization();
    expect((await api.operator.post(`${other.path}/members`, ann)).status).toBe(201);
  });

  it('two at once: one of them', async () => {
    const ann = { email: 'ann@example.com', name: 'Ann', role: 'viewer' };
    const answers = await Promise.all([1, 2].map(() => organization.as('owner').post(all, ann)));
    expect(answers.map(verdictOf).sort()).toEqual(['201', '409 resource_conflict']);
  });

  it('one who was removed comes back as the same, without the old tokens', async () => {
    const ann = { email: 'ann@example.com', name: 'Ann', role: 'viewer' };
    const { body: first } = await organization.as('owner').post(all, ann);
    const { body: token } = await organization
      .as('owner')
      .post(`${all}/${first.id}/tokens`, { name: 't' });
    expect((await api.as(token.token).get('/admin/v1/me')).status).toBe(200);
    await organization.as('owner').delete(`${all}/${first.id}`);
    expect(verdictOf(await api.as(token.token).get('/admin/v1/me'))).toBe('401 invalid_api_key');
    const { body: again } = await organization
      .as('owner')
      .post(all, { ...ann, name: 'Anna', role: 'developer' });
    expect(again).toMatchObject({ id: first.id, name: 'Anna', role: 'developer', version: 3 });
    expect(verdictOf(await api.as(token.token).get('/admin/v1/me'))).toBe('401 invalid_api_key');
  });

  it('is not for the others', async () => {
    for (const role of ['developer', 'billing', 'viewer'] as const)
      expect(verdictOf(await organization.as(role).post(all, {}))).toBe('403 role_not_allowed');
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(organization.as('owner'), {
      method: 'POST',
      path: all,
      right: { email: 'ann@example.com', name: 'Ann', role: 'viewer' },
      required: ['email', 'name', 'role'],
      wrong: {
        email: [...WRONG_TEXTS, null, 'a', 'a@', '@b.example', 'a@b', 'a b@c.example'],
        name: [...WRONG_TEXTS, null],
        role: ['root', '', null, 1, ['owner'], 'Owner'],
        status: ['removed'],
        id: ['mem_1'],
      },
    });
  });
});

describe('GET …/members', () => {
  it('lists those who are there, by role too; those who were removed apart', async () => {
    await organization.as('owner').delete(pathOf('viewer'));
    const rolesOf = async (query: string) =>
      (await organization.as('owner').get(`${all}?${query}`)).body.data.map(
        ({ role }: { role: string }) => role,
      );
    expect(await rolesOf('')).toEqual(['billing', 'developer', 'admin', 'owner']);
    expect(await rolesOf('role=admin')).toEqual(['admin']);
    expect(await rolesOf('status=removed')).toEqual(['viewer']);
    const page = await organization.as('owner').get(`${all}?limit=3`);
    expect(page.body.has_more).toBe(true);
    expect(await rolesOf(`limit=3&cursor=${page.body.next_cursor}`)).toEqual(['owner']);
  });

  it.each(['role=root', 'status=x', 'limit=201', 'cursor=x', 'email=x'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await organization.as('owner').get(`${all}?${query}`);
      expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
    },
  );

  it('is not for billing', async () => {
    for (const path of [all, pathOf('owner')])
      expect(verdictOf(await organization.as('billing').get(path))).toBe('403 role_not_allowed');
  });
});

describe('a member of another organization', () => {
  it('does not exist', async () => {
    const other = await api.makeOrganization();
    const foreign = `${all}/${other.members.viewer.id}`;
    for (const client of [organization.as('owner'), api.operator]) {
      const answers = [
        await client.get(foreign),
        await client.patch(foreign, { name: 'x' }),
        await client.delete(foreign),
        await client.get(`${all}/mem_1`),
        await client.delete(`${all}/${'x'.repeat(150)}`),
      ];
      expect(answers.map(verdictOf)).toEqual(Array(5).fill('404 resource_not_found'));
    }
    for (const path of [
      `${other.path}/members`,
      `${other.path}/members/${other.members.viewer.id}`,
    ])
      expect(verdictOf(await organization.as('owner').get(path))).toBe('404 resource_not_found');
    expect(await rowOf(other.members.viewer.id)).toMatchObject({ status: 'active', version: 1 });
  });
});
