import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { insertMember, insertToken, startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import type { TestOrganization } from '../support/admin.js';

const me = '/admin/v1/me';

let api: AdminApi;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  api = await startAdminApi();
  ours = await api.makeOrganization('ours');
  theirs = await api.makeOrganization('theirs');
});
afterAll(() => api.close());

async function insertApiKey(
  organization: TestOrganization,
  more: { status?: string; mayCreateKeys?: boolean } = {},
): Promise<{ id: string; key: string }> {
  const { key, hash, prefix } = createKey('osm_');
  const id = `key_${prefix.slice(4)}`;
  await api.rows.query(
    `INSERT INTO api_key (id, organization_id, project_id, name, hash, prefix, status, may_create_keys)
     VALUES ($1, $2, $3, 'k', $4, $5, $6, $7)`,
    [
      ...[id, organization.id, organization.projectId, hash, prefix],
      ...[more.status ?? 'active', more.mayCreateKeys ?? false],
    ],
  );
  return { id, key };
}

const entry = async (token: string | undefined): Promise<string> =>
  verdictOf(await api.as(token).get(me));

describe('the admin API lets in', () => {
  it('operators', async () => {
    const { body } = await api.operator.get(me);
    expect(body).toEqual({
      object: 'actor',
      id: expect.stringMatching(/^adm_/),
      kind: 'operator',
      organization_id: null,
      project_id: null,
      member_id: null,
      role: null,
    });
  });

  it.each(ROLES)('members who are %s', async (role) => {
    const { body } = await ours.as(role).get(me);
    const { id, tokenId } = ours.members[role];
    expect(body).toMatchObject({
      kind: 'member',
      id: tokenId,
      organization_id: ours.id,
      member_id: id,
      role,
    });
  });

  it('members with the role that they have now', async () => {
    const { id, token } = await insertMember(api.rows, ours.id, 'viewer');
    expect((await api.as(token).get(me)).body.role).toBe('viewer');
    await api.rows.query(`UPDATE member SET role = 'owner' WHERE id = $1`, [id]);
    expect((await api.as(token).get(me)).body.role).toBe('owner');
  });

  it('API keys that may make keys', async () => {
    const { id, key } = await insertApiKey(ours, { mayCreateKeys: true });
    const { body } = await api.as(key).get(me);
    expect(body).toMatchObject({
      kind: 'api_key',
      id,
      organization_id: ours.id,
      project_id: ours.projectId,
    });
  });
});

describe('the admin API refuses', () => {
  const invalid = '401 invalid_api_key';

  it('whoever sends no token, or one that does not exist', async () => {
    expect(await entry(undefined)).toBe(invalid);
    expect(await entry(createKey('osmadm_').key)).toBe(invalid);
    expect(await entry(createKey('osm_').key)).toBe(invalid);
    expect(await entry('osmadm_short')).toBe(invalid);
    expect(await entry(`${api.operatorToken}0`)).toBe(invalid);
    expect(await entry(api.operatorToken.toLowerCase())).toBe(invalid);
  });

  it('a token that was revoked, at once', async () => {
    const { tokenId, token } = await insertToken(api.rows, {});
    expect(await entry(token)).toBe('200');
    await api.rows.query('UPDATE admin_token SET revoked_at = now() WHERE id = $1', [tokenId]);
    expect(await entry(token)).toBe(invalid);
  });

  it('a token that has expired', async () => {
    const { token } = await insertToken(api.rows, { expiresAt: new Date(Date.now() - 1) });
    expect(await entry(token)).toBe('403 key_expired');
  });

  it('a bootstrap token, but for what it is there', async () => {
    const { token } = await insertToken(api.rows, { kind: 'bootstrap' });
    expect(await entry(token)).toBe(invalid);
  });

  it('a member who was removed', async () => {
    const { id, token } = await insertMember(api.rows, ours.id, 'owner');
    await api.rows.query(`UPDATE member SET status = 'removed' WHERE id = $1`, [id]);
    expect(await entry(token)).toBe(invalid);
  });

  it('a token whose member is of another organization, or that has none', async () => {
    const { id: memberId } = await insertMember(api.rows, theirs.id, 'owner');
    const crossed = await insertToken(api.rows, { organizationId: ours.id, memberId });
    expect(await entry(crossed.token)).toBe(invalid);
    const memberless = await insertToken(api.rows, { organizationId: ours.id });
    expect(await entry(memberless.token)).toBe(invalid);
  });

  it.each([
    ['suspended', '403 key_disabled', '403 key_disabled'],
    ['deleted', invalid, invalid],
  ])('members and keys of a %s organization', async (status, forMembers, forKeys) => {
    const organization = await api.makeOrganization();
    const { key } = await insertApiKey(organization, { mayCreateKeys: true });
    await api.rows.query('UPDATE organization SET status = $2 WHERE id = $1', [
      organization.id,
      status,
    ]);
    expect(await entry(organization.members.owner.token)).toBe(forMembers);
    expect(await entry(key)).toBe(forKeys);
  });

  it('API keys that may not make keys, or are disabled', async () => {
    expect(await entry((await insertApiKey(ours)).key)).toBe(invalid);
    const disabled = await insertApiKey(ours, { mayCreateKeys: true, status: 'disabled' });
    expect(await entry(disabled.key)).toBe('403 key_disabled');
  });

  it('tokens in the query string', async () => {
    expect(verdictOf(await api.as(undefined).get(`${me}?api_key=${api.operatorToken}`))).toBe(
      invalid,
    );
  });
});

describe('whichever header carries the token', () => {
  it('the decision is the same', async () => {
    const { token: expired } = await insertToken(api.rows, { expiresAt: new Date(0) });
    const cases = [
      [api.operatorToken, '200'],
      [ours.members.viewer.token, '200'],
      [expired, '403 key_expired'],
      [createKey('osmadm_').key, '401 invalid_api_key'],
    ] as const;
    for (const [token, expected] of cases) {
      const carriers: Record<string, string>[] = [
        { authorization: `Bearer ${token}` },
        { authorization: `bearer ${token}` },
        { 'x-api-key': token },
        { 'api-key': token },
      ];
      for (const headers of carriers)
        expect(verdictOf(await api.as(undefined).get(me, headers))).toBe(expected);
    }
  });

  it('a wrong one is not made good by another', async () => {
    const headers = { authorization: 'Bearer osmadm_x', 'x-api-key': api.operatorToken };
    expect(verdictOf(await api.as(undefined).get(me, headers))).toBe('401 invalid_api_key');
  });
});

describe('an organization', () => {
  const log = (organization: { id: string }): string =>
    `/admin/v1/organizations/${organization.id}/audit-log`;

  it('does not exist for the members and keys of another, whatever their role', async () => {
    for (const role of ROLES)
      expect(verdictOf(await ours.as(role).get(log(theirs)))).toBe('404 resource_not_found');
    const { key } = await insertApiKey(ours, { mayCreateKeys: true });
    expect(verdictOf(await api.as(key).get(log(theirs)))).toBe('404 resource_not_found');
  });

  it('is told from one that does not exist by nothing', async () => {
    const existing = await ours.as('owner').get(log(theirs));
    const missing = await ours.as('owner').get(log({ id: 'org_missing' }));
    expect([missing.status, missing.body]).toEqual([existing.status, existing.body]);
  });

  it('is open to operators as long as it exists, suspended or not', async () => {
    const organization = await api.makeOrganization();
    expect((await api.operator.get(log(organization))).status).toBe(200);
    const become = (status: string) =>
      api.rows.query('UPDATE organization SET status = $2 WHERE id = $1', [
        organization.id,
        status,
      ]);
    await become('suspended');
    expect((await api.operator.get(log(organization))).status).toBe(200);
    await become('deleted');
    expect(verdictOf(await api.operator.get(log(organization)))).toBe('404 resource_not_found');
    for (const id of ['org_missing', '*', "'"])
      expect(verdictOf(await api.operator.get(log({ id })))).toBe('404 resource_not_found');
  });

  it('is open to the roles of the route, and closed to its own others', async () => {
    for (const role of ROLES) {
      const expected = role === 'owner' || role === 'admin' ? '200' : '403 role_not_allowed';
      expect(verdictOf(await ours.as(role).get(log(ours)))).toBe(expected);
    }
    const { key } = await insertApiKey(ours, { mayCreateKeys: true });
    expect(verdictOf(await api.as(key).get(log(ours)))).toBe('403 role_not_allowed');
  });
});

describe('the platform', () => {
  it('is for operators', async () => {
    for (const path of ['/admin/v1/tokens', '/admin/v1/audit-log']) {
      expect((await api.operator.get(path)).status).toBe(200);
      for (const role of ROLES)
        expect(verdictOf(await ours.as(role).get(path))).toBe('403 role_not_allowed');
    }
  });
});
