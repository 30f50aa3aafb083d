import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../src/core/admin.js';
import {
  insertMember,
  startAdminApi,
  type AdminApi,
  type TestOrganization,
} from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { insertKeyOf } from '../support/key-process.js';
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

describe('PATCH …/members/:member_id', () => {
  it('changes name and role, with effect on tokens at once', async () => {
    const { status, body, headers } = await organization
      .as('admin')
      .patch(pathOf('viewer'), { name: 'Vi', role: 'admin' });
    expect([status, headers.get('etag')]).toEqual([200, '"2"']);
    expect(body).toMatchObject({ name: 'Vi', role: 'admin' });
    const me = await organization.as('viewer').get('/admin/v1/me');
    expect(me.body.role).toBe('admin');
  });

  it('an admin neither makes nor changes owners', async () => {
    const promote = await organization.as('admin').patch(pathOf('viewer'), { role: 'owner' });
    expect([promote.status, promote.body.error.param]).toEqual([403, 'role']);
    const self = await organization.as('admin').patch(pathOf('admin'), { role: 'owner' });
    expect(verdictOf(self)).toBe('403 role_not_allowed');
    const rename = await organization.as('admin').patch(pathOf('owner'), { name: 'x' });
    expect([rename.status, rename.body.error.param]).toEqual([403, 'member_id']);
    const remove = await organization.as('admin').delete(pathOf('owner'));
    expect(verdictOf(remove)).toBe('403 role_not_allowed');
    expect(await rowOf(organization.members.owner.id)).toMatchObject({ version: 1 });
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(organization.as('owner'), {
      method: 'PATCH',
      path: pathOf('viewer'),
      right: {},
      wrong: {
        name: [...WRONG_TEXTS, null],
        role: ['root', null, 1, ''],
        email: ['new@example.com'],
        status: ['removed'],
      },
    });
    expect(await rowOf(organization.members.viewer.id)).toMatchObject({ version: 1 });
  });

  it('minds If-Match', async () => {
    const stale = await organization
      .as('owner')
      .patch(pathOf('viewer'), { name: 'x' }, { 'if-match': '"9"' });
    expect(verdictOf(stale)).toBe('412 precondition_failed');
  });
});

describe('an owner', () => {
  it('stays: the last one is neither changed nor removed', async () => {
    const change = await organization.as('owner').patch(pathOf('owner'), { role: 'admin' });
    expect([change.status, change.body.error.code, change.body.error.param]).toEqual([
      409,
      'resource_conflict',
      'role',
    ]);
    expect(verdictOf(await api.operator.delete(pathOf('owner')))).toBe('409 resource_conflict');
    // As long as the role stays the same, there is nothing to fear.
    const same = { name: 'x', role: 'owner' };
    expect((await organization.as('owner').patch(pathOf('owner'), same)).status).toBe(200);
  });

  it('goes where another one is there, and of two who go at once one stays', async () => {
    const second = await insertMember(api.rows, organization.id, 'owner');
    const answers = await Promise.all([
      organization.as('owner').delete(pathOf('owner')),
      api.as(second.token).delete(`${all}/${second.id}`),
    ]);
    expect(answers.map(verdictOf).sort()).toEqual(['200', '409 resource_conflict']);
  });

  it('who was removed does not count', async () => {
    const second = await insertMember(api.rows, organization.id, 'owner');
    expect((await organization.as('owner').delete(`${all}/${second.id}`)).status).toBe(200);
    expect(verdictOf(await organization.as('owner').delete(pathOf('owner')))).toBe(
      '409 resource_conflict',
    );
  });
});

describe('DELETE …/members/:member_id', () => {
  it('ends tokens and disables keys', async () => {
    const { id, token } = organization.members.developer;
    const key = await insertKeyOf(api.rows, organization, { memberId: id });
    const { status, body } = await organization.as('owner').delete(pathOf('developer'));
    expect([status, body]).toEqual([200, { object: 'member', id, deleted: true }]);
    expect(verdictOf(await api.as(token).get('/admin/v1/me'))).toBe('401 invalid_api_key');
    const { body: seen } = await organization
      .as('owner')
      .get(`${organization.path}/keys/${key.id}`);
    expect(seen).toMatchObject({ status: 'disabled', member_id: id, version: 2 });
    const enable = await organization
      .as('owner')
      .patch(`${organization.path}/keys/${key.id}`, { status: 'active' });
    expect([enable.status, enable.body.error.param]).toEqual([409, 'status']);
    expect(verdictOf(await organization.as('owner').delete(pathOf('developer')))).toBe(
      '409 resource_conflict',
    );
    const { body: removed } = await organization.as('owner').get(pathOf('developer'));
    expect(removed.status).toBe('removed');
  });

  it('is not for the others', async () => {
    for (const role of ROLES.slice(2))
      expect(verdictOf(await organization.as(role).delete(pathOf('viewer')))).toBe(
        '403 role_not_allowed',
      );
  });

  it('is in the audit log', async () => {
    await organization.as('owner').delete(pathOf('viewer'));
    const { body } = await organization
      .as('owner')
      .get(`${organization.path}/audit-log?target_id=${organization.members.viewer.id}`);
    expect(body.data).toMatchObject([
      { action: 'member.delete', before: { status: 'active' }, after: { status: 'removed' } },
    ]);
  });
});
