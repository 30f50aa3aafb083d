import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
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

const rowOf = async (id: string) =>
  (await api.rows.query('SELECT * FROM organization WHERE id = $1', [id]))[0];

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

describe('PATCH /admin/v1/organizations/:organization_id', () => {
  it('an operator may set all of it', async () => {
    const change = {
      name: 'Renamed',
      status: 'suspended',
      plan_multiplier: '1.050001',
      retention: 'full',
      body_days: 365,
      log_days: 1,
    };
    const { status, body, headers } = await api.operator.patch(organization.path, change);
    expect([status, headers.get('etag')]).toEqual([200, '"2"']);
    expect(body).toMatchObject({ ...change, version: 2 });
    const { body: seen } = await api.operator.get(organization.path);
    expect(seen).toMatchObject(change);
  });

  it.each(['owner', 'admin'] as const)('an %s may set name and retention', async (role) => {
    const change = { name: 'Renamed', retention: 'none', body_days: 1, log_days: 3650 };
    const { body } = await organization.as(role).patch(organization.path, change);
    expect(body).toMatchObject(change);
  });

  it.each([
    ['status', 'suspended'],
    ['plan_multiplier', '0.5'],
  ])('but not %s, and then nothing', async (field, value) => {
    for (const role of ['owner', 'admin'] as const) {
      const { status, body } = await organization
        .as(role)
        .patch(organization.path, { name: 'Renamed', [field]: value });
      expect([status, body.error.code, body.error.param]).toEqual([403, 'role_not_allowed', field]);
    }
    expect(await rowOf(organization.id)).toMatchObject({ name: 'Acme', version: 1 });
  });

  it('is not for the others', async () => {
    for (const role of ['developer', 'billing', 'viewer'] as const)
      expect(verdictOf(await organization.as(role).patch(organization.path, {}))).toBe(
        '403 role_not_allowed',
      );
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(api.operator, {
      method: 'PATCH',
      path: organization.path,
      right: {},
      wrong: {
        name: [...WRONG_TEXTS, null],
        status: ['deleted', 'x', null, 1],
        plan_multiplier: [
          ...['0', '0.0', '-1', '1.0000001', '1e3', '1000000', ' 1', '1\n', '.5', '1.', 'x', ''],
          ...[1, null, 'Infinity'],
        ],
        retention: ['all', null, 1],
        body_days: [0, 366, 1.5, '30', null, -1],
        log_days: [0, 3651, 0.5, '30', null],
        deleted_at: ['2030-01-01T00:00:00Z'],
      },
    });
    expect(await rowOf(organization.id)).toMatchObject({ name: 'Acme', version: 1 });
  });

  it('minds If-Match', async () => {
    const match = (version: string) => ({ 'if-match': version });
    const rename = (name: string, version: string) =>
      api.operator.patch(organization.path, { name }, match(version));
    expect((await rename('B', '"1"')).status).toBe(200);
    const { status, body } = await rename('C', '"1"');
    expect([status, body.error.code, body.error.param]).toEqual([
      412,
      'precondition_failed',
      'If-Match',
    ]);
    expect(await rowOf(organization.id)).toMatchObject({ name: 'B', version: 2 });
  });
});

describe('DELETE /admin/v1/organizations/:organization_id', () => {
  it.each(['admin', 'developer', 'billing', 'viewer'] as const)('is not for %s', async (role) => {
    expect(verdictOf(await organization.as(role).delete(organization.path))).toBe(
      '403 role_not_allowed',
    );
  });

  it('shuts everybody out and keeps the ledger', async () => {
    const { key, hash, prefix } = createKey('osm_');
    await api.rows.query(
      `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix) VALUES ($1, $2, $3, 'k', $4, $5)`,
      [`key_${prefix}`, organization.id, organization.projectId, hash, prefix],
    );
    await api.rows.query(
      `INSERT INTO provider_credential (id, organization_id, provider_id, name, origin, hint, key_id, wrapped_key, ciphertext)
       VALUES ($1, $2, 'openai', 'c', 'https://x.example', 'abcd', 'k', '', '')`,
      [`crd_${prefix}`, organization.id],
    );
    await api.rows.query(
      `SELECT commit_transaction($1, 'promotion', $1, 1, $2, now(), $3::jsonb)`,
      [
        `lt_${prefix}`,
        organization.id,
        JSON.stringify([
          { account: `wallet:${organization.id}`, amount: '1' },
          { account: 'promotion', amount: '-1' },
        ]),
      ],
    );
    const other = await api.makeOrganization();
    const { status, body } = await organization.as('owner').delete(organization.path);
    expect([status, body]).toEqual([
      200,
      { object: 'organization', id: organization.id, deleted: true },
    ]);
    expect(await rowOf(organization.id)).toMatchObject({
      status: 'deleted',
      deleted_at: expect.any(Date),
    });
    for (const client of [organization.as('owner'), organization.as('viewer'), api.as(key)])
      expect(verdictOf(await client.get('/admin/v1/me'))).toBe('401 invalid_api_key');
    expect(verdictOf(await api.operator.get(organization.path))).toBe('404 resource_not_found');
    expect(verdictOf(await api.operator.delete(organization.path))).toBe('404 resource_not_found');
    const counts = await api.rows.query(
      `SELECT (SELECT count(*)::int FROM api_key WHERE organization_id = $1 AND status = 'revoked'
                 AND revoked_at IS NOT NULL) AS keys,
        (SELECT count(*)::int FROM admin_token WHERE organization_id = $1 AND revoked_at IS NULL) AS tokens,
        (SELECT count(*)::int FROM provider_credential WHERE organization_id = $1) AS credentials,
        (SELECT count(*)::int FROM ledger_transaction WHERE organization_id = $1) AS ledger`,
      [organization.id],
    );
    expect(counts).toEqual([{ keys: 1, tokens: 0, credentials: 0, ledger: 1 }]);
    // Nothing of another one is touched.
    expect((await other.as('owner').get(other.path)).status).toBe(200);
  });

  it('minds If-Match', async () => {
    const answer = await api.operator.delete(organization.path, { 'if-match': '"7"' });
    expect(verdictOf(answer)).toBe('412 precondition_failed');
    expect((await api.operator.get(organization.path)).status).toBe(200);
  });
});
