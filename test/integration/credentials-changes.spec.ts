import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { startKeyProvider, type KeyProvider } from '../support/key-provider.js';

const secret = 'sk-canary-5d1f0a7be9c24836';
const other = 'sk-second-77aa01be9c248-9xyz';
const platform = '/admin/v1/credentials';

let api: AdminApi;
let provider: KeyProvider;
let ours: TestOrganization;
let theirs: TestOrganization;

beforeAll(async () => {
  provider = await startKeyProvider();
  api = await startAdminApi({
    more: [HealthModule, ProvidersModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  });
  ours = await api.makeOrganization('ours');
  theirs = await api.makeOrganization('theirs');
});
afterAll(async () => {
  await api.close();
  await provider.close();
});
beforeEach(async () => {
  provider.keys.clear();
  provider.keys.set(secret, 'good').set(other, 'good');
  provider.listing = 'keys';
  provider.asked.length = 0;
  await api.rows.query('DELETE FROM provider_credential');
});

const bodyOf = (more: object = {}): object => ({
  provider_id: 'openai',
  name: 'Main',
  secret,
  base_url: provider.url,
  ...more,
});
const path = (organization = ours): string => `${organization.path}/credentials`;
const create = (more: object = {}, headers = {}): Promise<AdminAnswer> =>
  ours.as('admin').post(path(), bodyOf(more), headers);
const idOf = ({ id }: { readonly id: string }): string => id;
const refusal = ({ status, body }: AdminAnswer): unknown[] => [status, body.error?.param];

async function created(more: object = {}): Promise<AdminAnswer['body']> {
  const { status, body } = await create(more);
  expect(status).toBe(201);
  return body;
}

describe('a change of a credential', () => {
  const update = (id: string, body: object, headers = {}): Promise<AdminAnswer> =>
    ours.as('admin').patch(`${path()}/${id}`, body, headers);

  it('of its name, status or priority asks no provider', async () => {
    const { id, verified_at } = await created();
    provider.asked.length = 0;
    const body = { name: 'New', status: 'disabled', priority: 7 };
    const answer = await update(id, body);
    expect(answer.body).toMatchObject({ ...body, verified_at, version: 2, hint: '4836' });
    expect(provider.asked).toEqual([]);
  });

  it('of its secret tries the new one, and keeps the old one if that is refused', async () => {
    const { id } = await created();
    expect(refusal(await update(id, { secret: 'sk-unknown-0000000000' }))).toEqual([400, 'secret']);
    expect((await update(id, { secret: other })).body).toMatchObject({ hint: '9xyz', version: 2 });
    expect(provider.asked.at(-2)).toBe(`GET /v1/models ${other}`);
  });

  it.each([
    ['another address', () => provider.url.replace('127.0.0.1', 'localhost')],
    ['another path', () => `${provider.url}/x`],
    ['the provider’s own address', () => null],
  ])('to %s needs the secret again', async (_, url) => {
    const { id } = await created();
    provider.asked.length = 0;
    expect(refusal(await update(id, { base_url: url() }))).toEqual([400, 'secret']);
    expect(provider.asked).toEqual([]);
    expect((await update(id, { base_url: `${provider.url}/` })).status).toBe(200);
  });

  it('of address and secret together binds it anew', async () => {
    const { id } = await created();
    const base_url = provider.url.replace('127.0.0.1', 'localhost');
    const { body } = await update(id, { base_url, secret: other });
    expect(body).toMatchObject({ base_url, origin: new URL(base_url).origin, hint: '9xyz' });
  });

  it('of its settings tries the stored secret with them', async () => {
    const { id } = await created();
    provider.asked.length = 0;
    const { body } = await update(id, { settings: { project: 'proj_1' } });
    expect(body).toMatchObject({ settings: { project: 'proj_1' }, hint: '4836' });
    expect(provider.asked[0]).toBe(`GET /v1/models ${secret}`);
    provider.keys.clear();
    expect(refusal(await update(id, { settings: {} }))).toEqual([400, 'secret']);
  });

  it('is refused where the client has seen another version', async () => {
    const { id } = await created();
    const stale = { 'if-match': '"7"' };
    expect(verdictOf(await update(id, { name: 'x' }, stale))).toBe('412 precondition_failed');
    const gone = await ours.as('admin').delete(`${path()}/${id}`, stale);
    expect(verdictOf(gone)).toBe('412 precondition_failed');
    expect((await update(id, { name: 'x' }, { 'if-match': '"1"' })).headers.get('etag')).toBe(
      '"2"',
    );
  });

  it('can be its end', async () => {
    const { id } = await created();
    const { status, body } = await ours.as('owner').delete(`${path()}/${id}`);
    expect([status, body]).toEqual([200, { object: 'provider_credential', id, deleted: true }]);
    expect(verdictOf(await ours.as('owner').get(`${path()}/${id}`))).toBe('404 resource_not_found');
  });
});

describe('who may', () => {
  it.each(['developer', 'billing', 'viewer'] as const)('a %s may nothing', async (role) => {
    const { id } = await created();
    const client = ours.as(role);
    for (const answer of [
      await client.get(path()),
      await client.get(`${path()}/${id}`),
      await client.post(path(), bodyOf()),
      await client.patch(`${path()}/${id}`, { name: 'x' }),
      await client.delete(`${path()}/${id}`),
    ])
      expect(verdictOf(answer)).toBe('403 role_not_allowed');
  });

  it('another organization sees and changes nothing, by whatever path', async () => {
    const { id } = await created();
    const platformCredential = await api.operator.post(platform, bodyOf());
    const client = theirs.as('owner');
    for (const place of [
      `${path()}/${id}`,
      `${path(theirs)}/${id}`,
      `${path(theirs)}/${platformCredential.body.id}`,
    ]) {
      expect((await client.get(place)).status).toBe(404);
      expect((await client.patch(place, { name: 'x' })).status).toBe(404);
      expect((await client.delete(place)).status).toBe(404);
    }
    expect((await client.get(path(theirs))).body.data).toEqual([]);
    const names = await api.rows.query('SELECT DISTINCT name, version FROM provider_credential');
    expect(names).toEqual([{ name: 'Main', version: 1 }]);
  });

  it('the platform’s are the operators’', async () => {
    const { status, body } = await api.operator.post(platform, bodyOf());
    expect([status, body.organization_id]).toEqual([201, null]);
    expect(verdictOf(await ours.as('owner').get(platform))).toBe('403 role_not_allowed');
    expect((await api.operator.get(platform)).body.data.map(idOf)).toEqual([body.id]);
    expect((await api.operator.get(`${path()}/${body.id}`)).status).toBe(404);
    expect(
      (await api.operator.patch(`${platform}/${body.id}`, { priority: 3 })).body.priority,
    ).toBe(3);
    expect((await api.operator.delete(`${platform}/${body.id}`)).status).toBe(200);
  });
});

it('a list has pages, newest first, and filters', async () => {
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.unshift((await created({ name }))['id']);
  await ours.as('admin').patch(`${path()}/${ids[1]}`, { status: 'disabled' });
  const list = async (query: string) => (await ours.as('admin').get(`${path()}?${query}`)).body;
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
    expect(refusal(await create(more))).toEqual([400, param]);
    expect(provider.asked).toEqual([]);
  });

  it.each(['provider_id', 'name', 'secret'])('%s may not be missing', async (param) => {
    expect(refusal(await create({ [param]: undefined }))).toEqual([400, param]);
  });

  it.each(['provider_id', 'origin', 'hint', 'organization_id'])(
    '%s cannot be changed',
    async (param) => {
      const { id } = await created();
      const answer = await ours.as('admin').patch(`${path()}/${id}`, { [param]: 'groq' });
      expect(refusal(answer)).toEqual([400, param]);
    },
  );
});
