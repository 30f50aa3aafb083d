import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { CredentialAdmin, OTHER_SECRET, refusalOf, SECRET } from '../support/credential-admin.js';

const platform = '/admin/v1/credentials';

let stage: CredentialAdmin;
let theirs: TestOrganization;

beforeAll(async () => {
  stage = await CredentialAdmin.start();
  theirs = await stage.api.makeOrganization('theirs');
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

const idOf = ({ id }: { readonly id: string }): string => id;

describe('a change of a credential', () => {
  const update = (id: string, body: object, headers = {}): Promise<AdminAnswer> =>
    stage.ours.as('admin').patch(`${stage.path()}/${id}`, body, headers);

  it('of its name, status or priority asks no provider', async () => {
    const { id, verified_at } = await stage.created();
    stage.provider.asked.length = 0;
    const body = { name: 'New', status: 'disabled', priority: 7 };
    const answer = await update(id, body);
    expect(answer.body).toMatchObject({ ...body, verified_at, version: 2, hint: '4836' });
    expect(stage.provider.asked).toEqual([]);
  });

  it('of its secret tries the new one, and keeps the old one if that is refused', async () => {
    const { id } = await stage.created();
    expect(refusalOf(await update(id, { secret: 'sk-unknown-0000000000' }))).toEqual([
      400,
      'secret',
    ]);
    expect((await update(id, { secret: OTHER_SECRET })).body).toMatchObject({
      hint: '9xyz',
      version: 2,
    });
    expect(stage.provider.asked.at(-2)).toBe(`GET /v1/models ${OTHER_SECRET}`);
  });

  it.each([
    ['another address', () => stage.provider.url.replace('127.0.0.1', 'localhost')],
    ['another path', () => `${stage.provider.url}/x`],
    ['the provider’s own address', () => null],
  ])('to %s needs the secret again', async (_, url) => {
    const { id } = await stage.created();
    stage.provider.asked.length = 0;
    expect(refusalOf(await update(id, { base_url: url() }))).toEqual([400, 'secret']);
    expect(stage.provider.asked).toEqual([]);
    expect((await update(id, { base_url: `${stage.provider.url}/` })).status).toBe(200);
  });

  it('of address and secret together binds it anew', async () => {
    const { id } = await stage.created();
    const base_url = stage.provider.url.replace('127.0.0.1', 'localhost');
    const { body } = await update(id, { base_url, secret: OTHER_SECRET });
    expect(body).toMatchObject({ base_url, origin: new URL(base_url).origin, hint: '9xyz' });
  });

  it('of its settings tries the stored secret with them', async () => {
    const { id } = await stage.created();
    stage.provider.asked.length = 0;
    const { body } = await update(id, { settings: { project: 'proj_1' } });
    expect(body).toMatchObject({ settings: { project: 'proj_1' }, hint: '4836' });
    expect(stage.provider.asked[0]).toBe(`GET /v1/models ${SECRET}`);
    stage.provider.keys.clear();
    expect(refusalOf(await update(id, { settings: {} }))).toEqual([400, 'secret']);
  });

  it('is refused where the client has seen another version', async () => {
    const { id } = await stage.created();
    const stale = { 'if-match': '"7"' };
    expect(verdictOf(await update(id, { name: 'x' }, stale))).toBe('412 precondition_failed');
    const gone = await stage.ours.as('admin').delete(`${stage.path()}/${id}`, stale);
    expect(verdictOf(gone)).toBe('412 precondition_failed');
    expect((await update(id, { name: 'x' }, { 'if-match': '"1"' })).headers.get('etag')).toBe(
      '"2"',
    );
  });

  it('can be its end', async () => {
    const { id } = await stage.created();
    const { status, body } = await stage.ours.as('owner').delete(`${stage.path()}/${id}`);
    expect([status, body]).toEqual([200, { object: 'provider_credential', id, deleted: true }]);
    expect(verdictOf(await stage.ours.as('owner').get(`${stage.path()}/${id}`))).toBe(
      '404 resource_not_found',
    );
  });
});

describe('who may', () => {
  it.each(['developer', 'billing', 'viewer'] as const)('a %s may nothing', async (role) => {
    const { id } = await stage.created();
    const client = stage.ours.as(role);
    for (const answer of [
      await client.get(stage.path()),
      await client.get(`${stage.path()}/${id}`),
      await client.post(stage.path(), stage.bodyOf()),
      await client.patch(`${stage.path()}/${id}`, { name: 'x' }),
      await client.delete(`${stage.path()}/${id}`),
    ])
      expect(verdictOf(answer)).toBe('403 role_not_allowed');
  });

  it('another organization sees and changes nothing, by whatever path', async () => {
    const { id } = await stage.created();
    const platformCredential = await stage.api.operator.post(platform, stage.bodyOf());
    const client = theirs.as('owner');
    for (const place of [
      `${stage.path()}/${id}`,
      `${stage.path(theirs)}/${id}`,
      `${stage.path(theirs)}/${platformCredential.body.id}`,
    ]) {
      expect((await client.get(place)).status).toBe(404);
      expect((await client.patch(place, { name: 'x' })).status).toBe(404);
      expect((await client.delete(place)).status).toBe(404);
    }
    expect((await client.get(stage.path(theirs))).body.data).toEqual([]);
    const names = await stage.api.rows.query(
      'SELECT DISTINCT name, version FROM provider_credential',
    );
    expect(names).toEqual([{ name: 'Main', version: 1 }]);
  });

  it('the platform’s are the operators’', async () => {
    const { status, body } = await stage.api.operator.post(platform, stage.bodyOf());
    expect([status, body.organization_id]).toEqual([201, null]);
    expect(verdictOf(await stage.ours.as('owner').get(platform))).toBe('403 role_not_allowed');
    expect((await stage.api.operator.get(platform)).body.data.map(idOf)).toEqual([body.id]);
    expect((await stage.api.operator.get(`${stage.path()}/${body.id}`)).status).toBe(404);
    expect(
      (await stage.api.operator.patch(`${platform}/${body.id}`, { priority: 3 })).body.priority,
    ).toBe(3);
    expect((await stage.api.operator.delete(`${platform}/${body.id}`)).status).toBe(200);
  });
});

it('a list has pages, newest first, and filters', async () => {
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.unshift((await stage.created({ name }))['id']);
  await stage.ours.as('admin').patch(`${stage.path()}/${ids[1]}`, { status: 'disabled' });
  const list = async (query: string) =>
    (await stage.ours.as('admin').get(`${stage.path()}?${query}`)).body;
  const first = await list('limit=2');
  const second = await list(`limit=2&cursor=${first.next_cursor}`);
  const idsOf = ({ data }: AdminAnswer['body']): string[] => data.map(idOf);
  expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
  expect([first.has_more, second.has_more]).toEqual([true, false]);
  expect(idsOf(await list('status=disabled'))).toEqual([ids[1]]);
  expect(idsOf(await list('provider_id=openai'))).toEqual(ids);
  expect(idsOf(await list('provider_id=groq'))).toEqual([]);
});

describe('bad input', () => {
  it.each<[string, object]>([
    ['provider_id', { provider_id: 'nobody' }],
    ['provider_id', { provider_id: 'sandbox' }],
    ['provider_id', { provider_id: 7 }],
    ['provider_id', { provider_id: '__proto__' }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(201) }],
    ['name', { name: 'two\r\nlines' }],
    ['name', { name: null }],
    ['secret', { secret: '' }],
    ['secret', { secret: 'line\nbreak' }],
    ['secret', { secret: 'ключ' }],
    ['secret', { secret: ' padded ' }],
    ['secret', { secret: 'x'.repeat(8_193) }],
    ['base_url', { base_url: 'not a url' }],
    ['base_url', { base_url: 'ftp://example.com' }],
    ['base_url', { base_url: `https://example.com/${'x'.repeat(2_048)}` }],
    ['settings', { settings: [] }],
    ['settings', { settings: null }],
    ['settings.region', { settings: { region: 'x' } }],
    ['settings.project', { settings: { project: 'proj_1\r\nx-evil: 1' } }],
    ['priority', { priority: 1.5 }],
    ['priority', { priority: 1_001 }],
    ['priority', { priority: null }],
    ['status', { status: 'deleted' }],
    ...['id', 'organization_id', 'organizationId', 'origin', 'hint', 'key_id', 'wrapped_key'].map(
      (name): [string, object] => [name, { [name]: 'x' }],
    ),
    ...['ciphertext', 'verified_at', 'created_at', 'version'].map((name): [string, object] => [
      name,
      { [name]: 1 },
    ]),
  ])('%s is refused by its name (form %#)', async (param, more) => {
    expect(refusalOf(await stage.create(more))).toEqual([400, param]);
    expect(stage.provider.asked).toEqual([]);
  });

  it.each(['provider_id', 'name', 'secret'])('%s may not be missing', async (param) => {
    expect(refusalOf(await stage.create({ [param]: undefined }))).toEqual([400, param]);
  });

  it.each(['provider_id', 'origin', 'hint', 'organization_id'])(
    '%s cannot be changed',
    async (param) => {
      const { id } = await stage.created();
      const answer = await stage.ours
        .as('admin')
        .patch(`${stage.path()}/${id}`, { [param]: 'groq' });
      expect(refusalOf(answer)).toEqual([400, param]);
    },
  );
});
