import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeyService } from '../../src/tenants/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { verdictOf as verdictOn } from '../support/key-process.js';
import { expectRefusals, WRONG_TEXTS, WRONG_TIMES, wrongIds } from '../support/wrong-fields.js';

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
/** `ok`, or how the API refuses a key. */
const judge = (key: string) => verdictOn(() => api.app.get(ApiKeyService).authenticate(key));
const right = () => ({ name: 'k', project_id: organization.projectId });

describe('POST …/keys', () => {
  it.each(['owner', 'admin', 'developer'] as const)('an %s makes keys', async (role) => {
    const { status, body } = await organization.as(role).post(all, right());
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'api_key',
      id: expect.stringMatching(/^key_/),
      organization_id: organization.id,
      project_id: organization.projectId,
      member_id: null,
      parent_id: null,
      name: 'k',
      prefix: body.key.slice(0, 12),
      status: 'active',
      may_create_keys: false,
      expires_at: null,
      rotated_to_id: null,
      created_at: expect.any(String),
      revoked_at: null,
      version: 1,
      key: expect.stringMatching(/^osm_[0-9A-Za-z]{46}$/),
    });
    expect(await judge(body.key)).toBe('ok');
  });

  it('the key is shown once', async () => {
    const { body } = await organization.as('owner').post(all, right());
    const { key, ...rest } = body;
    expect((await organization.as('viewer').get(`${all}/${body.id}`)).body).toEqual(rest);
    const seen = [
      await organization.as('viewer').get(all),
      await organization.as('owner').get(`${organization.path}/audit-log`),
    ];
    for (const answer of seen) expect(JSON.stringify(answer.body)).not.toContain(key);
    const stored = JSON.stringify(await api.rows.query('SELECT * FROM api_key'));
    expect(stored).not.toContain(key.slice(12));
  });

  it('of a member, with an end, and a right', async () => {
    const { id } = organization.members.viewer;
    const more = { member_id: id, expires_at: '2040-01-01T01:00:00+01:00', may_create_keys: true };
    const { body } = await organization.as('developer').post(all, { ...right(), ...more });
    expect(body).toMatchObject({ member_id: id, expires_at: FUTURE, may_create_keys: true });
    const principal = await api.app.get(ApiKeyService).authenticate(body.key);
    expect(principal).toMatchObject({ memberId: id, mayCreateKeys: true, keyChain: [body.id] });
  });

  it('a repeated request gives the same key', async () => {
    const headers = { 'idempotency-key': 'once' };
    const [first, again] = [
      await organization.as('owner').post(all, right(), headers),
      await organization.as('owner').post(all, right(), headers),
    ];
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is not for billing and viewer', async () => {
    for (const role of ['billing', 'viewer'] as const)
      expect(verdictOf(await organization.as(role).post(all, right()))).toBe(
        '403 role_not_allowed',
      );
  });

  it('neither project nor member of another organization exist', async () => {
    const other = await api.makeOrganization();
    for (const [param, more] of [
      ['project_id', { project_id: other.projectId }],
      ['project_id', { project_id: 'prj_1' }],
      ['member_id', { member_id: other.members.viewer.id }],
      ['member_id', { member_id: 'mem_1' }],
    ] as const) {
      for (const client of [organization.as('owner'), api.operator]) {
        const { status, body } = await client.post(all, { ...right(), ...more });
        expect([status, body.error.code, body.error.param]).toEqual([
          404,
          'resource_not_found',
          param,
        ]);
      }
    }
  });

  it('not in an archived project, nor for a member who was removed', async () => {
    await organization
      .as('owner')
      .delete(`${organization.path}/members/${organization.members.viewer.id}`);
    const gone = { ...right(), member_id: organization.members.viewer.id };
    const { status, body } = await organization.as('owner').post(all, gone);
    expect([status, body.error.param]).toEqual([404, 'member_id']);
    await organization
      .as('owner')
      .delete(`${organization.path}/projects/${organization.projectId}`);
    const archived = await organization.as('owner').post(all, right());
    expect([archived.status, archived.body.error.param]).toEqual([409, 'project_id']);
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(organization.as('owner'), {
      method: 'POST',
      path: all,
      right: right(),
      required: ['name', 'project_id'],
      wrong: {
        name: [...WRONG_TEXTS, null],
        project_id: [...wrongIds('prj_'), null],
        member_id: wrongIds('mem_'),
        expires_at: WRONG_TIMES,
        may_create_keys: [1, 0, 'true', null, {}],
        parent_id: ['key_1'],
        key: ['osm_1'],
        hash: ['x'],
        status: ['active'],
        id: ['key_1'],
      },
    });
  });
});

describe('GET …/keys', () => {
  it('filters by project, member and status', async () => {
    const client = organization.as('developer');
    const { body: project } = await api.operator.post(`${organization.path}/projects`, {
      name: 'P',
    });
    const { id: memberId } = organization.members.viewer;
    const first = (await client.post(all, right())).body.id;
    const second = (await client.post(all, { ...right(), project_id: project.id })).body.id;
    const third = (await client.post(all, { ...right(), member_id: memberId })).body.id;
    await client.delete(`${all}/${first}`);
    await client.patch(`${all}/${second}`, { status: 'disabled' });
    const idsOf = async (query: string) =>
      (await organization.as('viewer').get(`${all}?${query}`)).body.data.map(
        ({ id }: { id: string }) => id,
      );
    expect(await idsOf('')).toEqual([third, second]);
    expect(await idsOf('status=revoked')).toEqual([first]);
    expect(await idsOf('status=disabled')).toEqual([second]);
    expect(await idsOf(`project_id=${project.id}`)).toEqual([second]);
    expect(await idsOf(`member_id=${memberId}`)).toEqual([third]);
    expect(await idsOf(`member_id=${memberId}&status=revoked`)).toEqual([]);
    const page = await client.get(`${all}?limit=1`);
    expect(await idsOf(`limit=1&cursor=${page.body.next_cursor}`)).toEqual([second]);
    const other = await api.makeOrganization();
    expect(await idsOf(`project_id=${other.projectId}`)).toEqual([]);
  });

  it.each(['status=x', 'project_id=x', 'member_id=mem_%0d%0a', 'limit=a', 'cursor=x', 'name=k'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await organization.as('owner').get(`${all}?${query}`);
      expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
    },
  );

  it('is not for billing', async () => {
    expect(verdictOf(await organization.as('billing').get(all))).toBe('403 role_not_allowed');
    expect(verdictOf(await organization.as('billing').get(`${all}/key_1`))).toBe(
      '403 role_not_allowed',
    );
  });
});
