import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { ApiKeyService } from '../../src/tenants/index.js';
import { insertKeyOf, verdictOf as verdictOn } from '../support/key-process.js';
import { expectRefusals, WRONG_TEXTS } from '../support/wrong-fields.js';

let api: AdminApi;
let organization: TestOrganization;
/** `/admin/v1/organizations/<id>/projects` */
let all: string;
let path: string;
beforeAll(async () => {
  api = await startAdminApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  organization = await api.makeOrganization();
  all = `${organization.path}/projects`;
  path = `${all}/${organization.projectId}`;
});

const rowOf = async (id: string) =>
  (await api.rows.query('SELECT * FROM project WHERE id = $1', [id]))[0];

describe('POST …/projects', () => {
  it('makes a project', async () => {
    const { status, body } = await organization.as('admin').post(all, { name: 'P' });
    expect(status).toBe(201);
    expect(body).toEqual({
      object: 'project',
      id: expect.stringMatching(/^prj_/),
      organization_id: organization.id,
      name: 'P',
      mode: 'credits',
      status: 'active',
      created_at: expect.any(String),
      version: 1,
    });
    const hybrid = await api.operator.post(all, { name: 'Q', mode: 'hybrid' });
    expect(hybrid.body.mode).toBe('hybrid');
    expect((await organization.as('viewer').get(`${all}/${body.id}`)).body).toEqual(body);
  });

  it('is for administrators', async () => {
    for (const role of ['developer', 'billing', 'viewer'] as const)
      expect(verdictOf(await organization.as(role).post(all, {}))).toBe('403 role_not_allowed');
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(organization.as('owner'), {
      method: 'POST',
      path: all,
      right: { name: 'P' },
      required: ['name'],
      wrong: {
        name: [...WRONG_TEXTS, null],
        mode: ['free', null, 1, ['credits']],
        status: ['active'],
        id: ['prj_1'],
      },
    });
  });
});

describe('GET …/projects', () => {
  it('lists those that are active, the archived ones apart', async () => {
    const { body: second } = await organization.as('owner').post(all, { name: 'second' });
    const { body: third } = await organization.as('owner').post(all, { name: 'third' });
    await organization.as('owner').delete(`${all}/${second.id}`);
    const idsOf = async (query: string) =>
      (await organization.as('developer').get(`${all}?${query}`)).body.data.map(
        ({ id }: { id: string }) => id,
      );
    expect(await idsOf('')).toEqual([third.id, organization.projectId]);
    expect(await idsOf('status=archived')).toEqual([second.id]);
    const page = await organization.as('viewer').get(`${all}?limit=1`);
    expect(await idsOf(`limit=1&cursor=${page.body.next_cursor}`)).toEqual([
      organization.projectId,
    ]);
  });

  it.each(['status=x', 'limit=-1', 'cursor=a.b', 'name=x'])('refuses ?%s', async (query) => {
    const { status, body } = await organization.as('owner').get(`${all}?${query}`);
    expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
  });

  it('is not for billing', async () => {
    for (const each of [all, path])
      expect(verdictOf(await organization.as('billing').get(each))).toBe('403 role_not_allowed');
  });
});

describe('PATCH …/projects/:project_id', () => {
  it('changes name, mode and status', async () => {
    const change = { name: 'Other', mode: 'api-keys', status: 'archived' };
    const { body, headers } = await organization.as('admin').patch(path, change);
    expect(body).toMatchObject({ ...change, version: 2 });
    expect(headers.get('etag')).toBe('"2"');
    const back = await organization.as('admin').patch(path, { status: 'active' });
    expect(back.body).toMatchObject({ ...change, status: 'active', version: 3 });
  });

  it('is for administrators', async () => {
    for (const role of ['developer', 'billing', 'viewer'] as const)
      expect(verdictOf(await organization.as(role).patch(path, {}))).toBe('403 role_not_allowed');
  });

  it('refuses what is wrong, naming the field', async () => {
    await expectRefusals(organization.as('owner'), {
      method: 'PATCH',
      path,
      right: {},
      wrong: {
        name: [...WRONG_TEXTS, null],
        mode: ['free', null, 1],
        status: ['deleted', null, 1],
        created_at: ['2030-01-01T00:00:00Z'],
      },
    });
    expect(await rowOf(organization.projectId)).toMatchObject({ name: 'A project', version: 1 });
  });

  it('minds If-Match', async () => {
    const stale = { 'if-match': '"2"' };
    expect(verdictOf(await organization.as('owner').patch(path, { name: 'x' }, stale))).toBe(
      '412 precondition_failed',
    );
    expect(verdictOf(await organization.as('owner').delete(path, stale))).toBe(
      '412 precondition_failed',
    );
  });
});

describe('DELETE …/projects/:project_id', () => {
  it('archives: its keys are refused from the answer on, until it is active again', async () => {
    const { key } = await insertKeyOf(api.rows, organization);
    const judge = () => verdictOn(() => api.app.get(ApiKeyService).authenticate(key));
    expect(await judge()).toBe('ok');
    const { status, body } = await organization.as('owner').delete(path);
    expect([status, body]).toEqual([
      200,
      { object: 'project', id: organization.projectId, deleted: true },
    ]);
    expect(await judge()).toBe('403 key_disabled');
    await organization.as('owner').patch(path, { status: 'active' });
    expect(await judge()).toBe('ok');
  });
});

describe('a project of another organization', () => {
  it('does not exist', async () => {
    const other = await api.makeOrganization();
    const foreign = `${all}/${other.projectId}`;
    for (const client of [organization.as('owner'), api.operator]) {
      const answers = [
        await client.get(foreign),
        await client.patch(foreign, { name: 'x' }),
        await client.delete(foreign),
        await client.get(`${all}/prj_1`),
      ];
      expect(answers.map(verdictOf)).toEqual(Array(4).fill('404 resource_not_found'));
    }
    expect(await rowOf(other.projectId)).toMatchObject({ status: 'active', version: 1 });
  });
});
