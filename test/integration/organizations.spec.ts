import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { expectRefusals, WRONG_TEXTS } from '../support/wrong-fields.js';

const ALL = '/admin/v1/organizations';

let api: AdminApi;
let organization: TestOrganization;
beforeAll(async () => {
  api = await startAdminApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  organization = await api.makeOrganization('Acme');
});

describe('POST /admin/v1/organizations', () => {
  it('makes an organization', async () => {
    const { status, body } = await api.operator.post(ALL, { name: 'New' });
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'organization',
      id: expect.stringMatching(/^org_/),
      name: 'New',
      status: 'active',
      plan_multiplier: '1',
      retention: 'metadata',
      body_days: 30,
      log_days: 400,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      deleted_at: null,
      version: 1,
      owner: null,
    });
    expect((await api.operator.get(`${ALL}/${body.id}`)).body).toMatchObject({ name: 'New' });
  });

  it('with an owner, whose token is shown this once and works', async () => {
    const { body } = await api.operator.post(ALL, {
      name: 'New',
      owner: { email: 'Ann@Example.COM', name: 'Ann' },
    });
    const { member, admin_token: token } = body.owner;
    expect(member).toMatchObject({ email: 'ann@example.com', role: 'owner', status: 'active' });
    expect(token).toMatchObject({ object: 'admin_token', member_id: member.id });
    const me = await api.as(token.token).get('/admin/v1/me');
    expect(me.body).toMatchObject({
      organization_id: body.id,
      member_id: member.id,
      role: 'owner',
    });
    const audit = await api.as(token.token).get(`${ALL}/${body.id}/audit-log`);
    expect(JSON.stringify(audit.body)).not.toContain(token.token);
    expect(audit.body.data.map(({ action }: { action: string }) => action).sort()).toEqual([
      'admin_token.create',
      'member.create',
      'organization.create',
    ]);
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(api.operator, {
      method: 'POST',
      path: ALL,
      right: { name: 'New' },
      required: ['name'],
      wrong: {
        name: [...WRONG_TEXTS, null],
        owner: [1, null, 'x', []],
        'owner.email': [],
        status: ['active'],
        plan_multiplier: ['1'],
        id: ['org_1'],
      },
    });
    for (const owner of [
      { name: 'Ann' },
      { name: 'Ann', email: 'nobody' },
      { name: 'Ann', email: 'a@b.example\r\nBcc: c@d.example' },
      { name: 'Ann', email: '"a\u0001"@b.example' },
      { name: 'Ann', email: `${'a'.repeat(250)}@b.example` },
    ]) {
      const { status, body } = await api.operator.post(ALL, { name: 'New', owner });
      expect([status, body.error.param]).toEqual([400, 'owner.email']);
    }
    const role = { name: 'Ann', email: 'a@b.example', role: 'viewer' };
    const { body } = await api.operator.post(ALL, { name: 'New', owner: role });
    expect(body.error.param).toBe('owner.role');
  });

  it('is for operators', async () => {
    for (const role of ROLES)
      expect(verdictOf(await organization.as(role).post(ALL, { name: 'x' }))).toBe(
        '403 role_not_allowed',
      );
  });
});

describe('GET /admin/v1/organizations', () => {
  it('lists them page by page, newest first, without those that were deleted', async () => {
    const [second, third] = [await api.makeOrganization(), await api.makeOrganization()];
    await api.operator.delete(second.path);
    const first = await api.operator.get(`${ALL}?limit=1`);
    expect(first.body).toMatchObject({ object: 'list', has_more: true });
    const next = await api.operator.get(`${ALL}?limit=1&cursor=${first.body.next_cursor}`);
    expect([first.body.data[0].id, next.body.data[0].id]).toEqual([third.id, organization.id]);
    const deleted = await api.operator.get(`${ALL}?status=deleted`);
    expect(deleted.body.data.map(({ id }: { id: string }) => id)).toContain(second.id);
  });

  it.each(['limit=0', 'limit=x', 'cursor=x', 'status=gone', 'status=', 'nope=1'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await api.operator.get(`${ALL}?${query}`);
      expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
    },
  );

  it('is for operators', async () => {
    expect(verdictOf(await organization.as('owner').get(ALL))).toBe('403 role_not_allowed');
  });
});

describe('GET /admin/v1/organizations/:organization_id', () => {
  it('every member may read their own', async () => {
    for (const role of ROLES) {
      const { status, body, headers } = await organization.as(role).get(organization.path);
      expect([status, body.id, headers.get('etag')]).toEqual([200, organization.id, '"1"']);
    }
  });

  it('another one does not exist', async () => {
    const other = await api.makeOrganization();
    for (const path of [other.path, `${ALL}/org_1`, `${ALL}/x`, `${ALL}/${'x'.repeat(500)}`])
      expect(verdictOf(await organization.as('owner').get(path))).toBe('404 resource_not_found');
    for (const id of ['org_1', 'x', 'x'.repeat(150), '%0d%0a'])
      expect(verdictOf(await api.operator.get(`${ALL}/${id}`))).toBe('404 resource_not_found');
  });
});
