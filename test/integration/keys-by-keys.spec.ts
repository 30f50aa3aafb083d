import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApiKeyService } from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminClient } from '../support/admin-caller.js';
import { insertKeyOf, verdictOf as verdictOn, type StoredKey } from '../support/key-process.js';

const SOON = '2040-01-01T00:00:00.000Z';
const LATER = '2041-01-01T00:00:00.000Z';

let api: AdminApi;
let organization: TestOrganization;
/** `/admin/v1/organizations/<id>/keys` */
let all: string;
/** A key of the developer, which may make keys and ends SOON. */
let parent: StoredKey;
let asParent: AdminClient;
beforeAll(async () => {
  api = await startAdminApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  organization = await api.makeOrganization();
  all = `${organization.path}/keys`;
  parent = await insertKeyOf(api.rows, organization, {
    mayCreateKeys: true,
    memberId: organization.members.developer.id,
    expiresAt: new Date(SOON),
  });
  asParent = api.as(parent.key);
});

const right = () => ({ name: 'child', project_id: organization.projectId });
const judge = (key: string) => verdictOn(() => api.app.get(ApiKeyService).authenticate(key));

describe('a key that may make keys', () => {
  it('makes them within its own rights, which they have where nothing else is said', async () => {
    const { status, body } = await asParent.post(all, right());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      parent_id: parent.id,
      project_id: organization.projectId,
      member_id: organization.members.developer.id,
      expires_at: SOON,
      may_create_keys: false,
    });
    expect(await judge(body.key)).toBe('ok');
    const less = { ...right(), expires_at: '2039-01-01T00:00:00Z', may_create_keys: true };
    const { body: second } = await asParent.post(all, less);
    expect(second).toMatchObject({ expires_at: '2039-01-01T00:00:00.000Z', may_create_keys: true });
    const grandchild = await api.as(second.key).post(all, right());
    expect(grandchild.body).toMatchObject({ parent_id: second.id, expires_at: second.expires_at });
  });

  it.each([
    ['expires_at', { expires_at: LATER }],
    ['expires_at', { expires_at: null }],
    ['member_id', { member_id: null }],
    ['member_id', { member_id: 'mem_1' }],
    ['project_id', { project_id: 'prj_1' }],
  ])('not beyond them: %s %j', async (param, more) => {
    const { status, body } = await asParent.post(all, { ...right(), ...more });
    expect([status, body.error.code, body.error.param]).toEqual([403, 'role_not_allowed', param]);
  });

  it('not in another project, whether there is one or not', async () => {
    const { body: project } = await organization
      .as('owner')
      .post(`${organization.path}/projects`, { name: 'P' });
    const answers = [project.id, 'prj_1'].map((id) =>
      asParent.post(all, { ...right(), project_id: id }),
    );
    const [there, nowhere] = await Promise.all(answers);
    expect(there?.status).toBe(403);
    expect(there?.body).toEqual(nowhere?.body);
  });

  it('sees and touches those that it made, and theirs', async () => {
    const { body: child } = await asParent.post(all, { ...right(), may_create_keys: true });
    const { body: grandchild } = await api.as(child.key).post(all, right());
    const stranger = await insertKeyOf(api.rows, organization);
    const { data } = (await asParent.get(all)).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([grandchild.id, child.id]);
    for (const { id } of [child, grandchild]) {
      expect((await asParent.get(`${all}/${id}`)).status).toBe(200);
      expect((await asParent.patch(`${all}/${id}`, { name: 'n' })).status).toBe(200);
    }
    for (const id of [parent.id, stranger.id, 'key_1']) {
      const answers = [
        await asParent.get(`${all}/${id}`),
        await asParent.patch(`${all}/${id}`, { name: 'n' }),
        await asParent.delete(`${all}/${id}`),
      ];
      expect(answers.map(verdictOf)).toEqual(Array(3).fill('404 resource_not_found'));
    }
    expect((await asParent.delete(`${all}/${grandchild.id}`)).status).toBe(200);
    expect(await judge(grandchild.key)).toBe('401 invalid_api_key');
    expect(await judge(child.key)).toBe('ok');
    // Nobody is its own maker's maker.
    expect(verdictOf(await api.as(child.key).get(`${all}/${parent.id}`))).toBe(
      '404 resource_not_found',
    );
  });

  it('gives no more by a change than by making', async () => {
    const { body: child } = await asParent.post(all, right());
    for (const expires_at of [LATER, null]) {
      const { status, body } = await asParent.patch(`${all}/${child.id}`, { expires_at });
      expect([status, body.error.param]).toEqual([403, 'expires_at']);
    }
    const less = await asParent.patch(`${all}/${child.id}`, {
      expires_at: '2039-01-01T00:00:00Z',
      status: 'disabled',
    });
    expect(less.status).toBe(200);
    expect(await judge(child.key)).toBe('403 key_disabled');
  });

  it('has no other part of the admin API, nor another organization', async () => {
    const { body: child } = await asParent.post(all, right());
    const answers = [
      await asParent.get(organization.path),
      await asParent.get(`${organization.path}/projects`),
      await asParent.get(`${organization.path}/members`),
      await asParent.post(`${all}/${child.id}/rotate`),
      await asParent.get('/admin/v1/organizations'),
    ];
    expect(answers.map(verdictOf)).toEqual(Array(5).fill('403 role_not_allowed'));
    const other = await api.makeOrganization();
    expect(verdictOf(await asParent.get(`${other.path}/keys`))).toBe('404 resource_not_found');
  });

  it('loses that with what it stands on', async () => {
    const { body: child } = await asParent.post(all, { ...right(), may_create_keys: true });
    const asChild = api.as(child.key);
    expect((await asChild.get(all)).status).toBe(200);
    // Its own right stays in its row; what made it has it no more.
    const parentPath = `${all}/${parent.id}`;
    await organization.as('owner').patch(parentPath, { may_create_keys: false });
    expect(verdictOf(await asChild.get(all))).toBe('401 invalid_api_key');
    expect(verdictOf(await asParent.get(all))).toBe('401 invalid_api_key');
    await organization.as('owner').patch(parentPath, { may_create_keys: true });
    expect((await asChild.get(all)).status).toBe(200);
    await organization.as('owner').patch(parentPath, { status: 'disabled' });
    expect(verdictOf(await asChild.get(all))).toBe('403 key_disabled');
    expect(verdictOf(await asParent.get(all))).toBe('403 key_disabled');
  });

  it('a chain of keys has an end', async () => {
    let key = parent.key;
    for (let place = 2; place <= 8; place++) {
      const { status, body } = await api.as(key).post(all, { ...right(), may_create_keys: true });
      expect(status).toBe(201);
      key = body.key;
    }
    expect(verdictOf(await api.as(key).post(all, right()))).toBe('409 resource_conflict');
    const { data } = (await asParent.get(all)).body;
    expect(data).toHaveLength(7);
    expect((await asParent.delete(`${all}/${data[0].id}`)).status).toBe(200);
    expect(await judge(key)).toBe('401 invalid_api_key');
  });
});

describe('in any tree of keys', () => {
  it('no key is good when one that made it is not, nor may do more', async () => {
    const link = fc.record({
      above: fc.nat(),
      status: fc.constantFrom('active', 'active', 'active', 'disabled', 'revoked'),
      expires: fc.constantFrom(null, null, 3_600_000, -1),
      mayCreateKeys: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(link, { minLength: 2, maxLength: 12 }), async (links) => {
        const keys: (StoredKey & { parent: StoredKey | undefined })[] = [];
        for (const { above, expires, ...more } of links) {
          const maker = keys[above % (keys.length + 1)];
          const expiresAt = expires === null ? null : new Date(Date.now() + expires);
          const parentId = maker?.id ?? null;
          const key = await insertKeyOf(api.rows, organization, { ...more, expiresAt, parentId });
          keys.push({ ...key, parent: maker });
        }
        const rights = new Map<string, { good: boolean; mayCreateKeys: boolean }>();
        for (const { id, key, parent: maker } of keys) {
          const good = (await judge(key)) === 'ok';
          const mayCreateKeys =
            good && (await api.app.get(ApiKeyService).authenticate(key)).mayCreateKeys;
          rights.set(id, { good, mayCreateKeys });
          const above = maker && rights.get(maker.id);
          if (good && above) expect(above.good).toBe(true);
          if (mayCreateKeys && above) expect(above.mayCreateKeys).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});
