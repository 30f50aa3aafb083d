import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { expectRefusals, WRONG_TEXTS } from '../support/wrong-fields.js';

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
