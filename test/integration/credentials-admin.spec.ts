import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { startKeyProvider, type KeyProvider } from '../support/key-provider.js';

const secret = 'sk-canary-5d1f0a7be9c24836';
const other = 'sk-second-77aa01be9c248-9xyz';

let api: AdminApi;
let provider: KeyProvider;
let ours: TestOrganization;
let freePort: string;

beforeAll(async () => {
  const gone = await startKeyProvider();
  freePort = new URL(gone.url).port;
  await gone.close();
  provider = await startKeyProvider();
  api = await startAdminApi({
    more: [HealthModule, ProvidersModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  });
  ours = await api.makeOrganization('ours');
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
const refusal = ({ status, body }: AdminAnswer): unknown[] => [status, body.error?.param];

async function created(more: object = {}): Promise<AdminAnswer['body']> {
  const { status, body } = await create(more);
  expect(status).toBe(201);
  return body;
}

describe('a new credential', () => {
  it('is shown without its secret, by which it can be told from others nonetheless', async () => {
    const view = await created({ priority: -5, settings: { organization: 'org-abc' } });
    expect(view).toEqual({
      object: 'provider_credential',
      id: expect.stringMatching(/^crd_/),
      organization_id: ours.id,
      provider_id: 'openai',
      name: 'Main',
      status: 'active',
      priority: -5,
      base_url: provider.url,
      origin: new URL(provider.url).origin,
      settings: { organization: 'org-abc' },
      hint: '4836',
      verified_at: expect.stringMatching(/Z$/),
      created_at: expect.stringMatching(/Z$/),
      version: 1,
    });
    const again = await ours.as('owner').get(`${path()}/${view['id']}`);
    expect(again.body).toEqual(view);
    expect(again.headers.get('etag')).toBe('"1"');
  });

  it('takes a provider by its alias', async () => {
    const more = { provider_id: 'google', base_url: null };
    const { status, body } = await api.operator.post(`${path()}?verify=false`, bodyOf(more));
    expect([status, body.provider_id, body.base_url, body.origin, body.verified_at]).toEqual([
      ...[201, 'google-ai-studio', null, 'https://generativelanguage.googleapis.com', null],
    ]);
  });

  it('leaves its secret in no row, answer or entry of the audit log', async () => {
    const view = await created();
    await ours.as('admin').patch(`${path()}/${view['id']}`, { secret: other });
    const tables = ['provider_credential', 'audit_entry', 'idempotency_record'];
    const found = [JSON.stringify(view)];
    for (const table of tables)
      found.push(
        JSON.stringify(await api.rows.query(`SELECT row_to_json(t) AS row FROM ${table} t`)),
      );
    for (const text of [secret, other]) {
      const hex = Buffer.from(text).toString('hex');
      for (const form of [text, Buffer.from(text).toString('base64').slice(0, 30), hex])
        expect(found.join()).not.toContain(form);
    }
    const actions = await api.rows.query(
      `SELECT action, actor_kind, organization_id, after->>'secret_replaced' AS replaced FROM audit_entry
       WHERE target_id = $1 ORDER BY at, id`,
      [view['id']],
    );
    const by = { actor_kind: 'member', organization_id: ours.id };
    expect(actions).toEqual([
      { action: 'provider_credential.create', replaced: null, ...by },
      { action: 'provider_credential.update', replaced: 'true', ...by },
    ]);
  });

  it('is made once, however often it is asked for with one key, and tried once', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await create({}, headers);
    provider.keys.clear();
    const second = await create({}, headers);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(provider.asked.filter((line) => line.endsWith(secret))).toHaveLength(1);
    expect(verdictOf(await create({ name: 'Other' }, headers))).toBe('409 idempotency_conflict');
  });

  it('is one of 200 at most', async () => {
    const { id } = await created();
    await api.rows.query(
      `INSERT INTO provider_credential
         (id, organization_id, provider_id, name, origin, hint, key_id, wrapped_key, ciphertext)
       SELECT $1 || n, organization_id, provider_id, name, origin, hint, key_id, wrapped_key, ciphertext
       FROM provider_credential, generate_series(1, 199) AS n WHERE id = $1`,
      [id],
    );
    expect(verdictOf(await create())).toBe('409 resource_conflict');
  });
});

describe('a secret is tried before it is saved', () => {
  const rowsNow = async () => (await api.rows.query('SELECT id FROM provider_credential')).length;

  it('refused: 400 that names it and does not repeat it', async () => {
    provider.keys.clear();
    const answer = await create();
    expect(refusal(answer)).toEqual([400, 'secret']);
    expect(answer.body.error.message).toContain('Incorrect API key provided: [redacted]');
    const said = JSON.stringify(answer.body);
    expect(said).not.toContain(secret);
    expect(said).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
    expect(await rowsNow()).toBe(0);
  });

  it.each(['everybody', 'nobody'] as const)(
    'by an empty call where %s may list the models',
    async (who) => {
      provider.listing = who;
      expect((await create({ name: 'good' })).body.verified_at).not.toBeNull();
      provider.keys.clear();
      expect(refusal(await create())).toEqual([400, 'secret']);
      expect(await rowsNow()).toBe(1);
    },
  );

  it('limited by its rate: saved as not verified', async () => {
    provider.keys.set(secret, 'limited');
    expect((await created())['verified_at']).toBeNull();
  });

  it.each([
    ['nobody listens', () => `http://127.0.0.1:${freePort}/v1`, 'refuses connections'],
    ['another path', () => `${provider.url}/elsewhere`, 'answers with status 404'],
    ['no host of that name', () => 'http://no-such-host.invalid/v1', 'host name'],
  ])('at an address where %s: 400 that says so', async (_, url, reason) => {
    const answer = await create({ base_url: url() });
    expect(refusal(answer)).toEqual([400, 'base_url']);
    expect(answer.body.error.message).toContain(reason);
    expect(await rowsNow()).toBe(0);
  });

  it('unless an operator says otherwise', async () => {
    provider.keys.clear();
    const untried = `${path()}?verify=false`;
    expect(verdictOf(await ours.as('owner').post(untried, bodyOf()))).toBe('403 role_not_allowed');
    const { status, body } = await api.operator.post(untried, bodyOf());
    expect([status, body.verified_at, provider.asked]).toEqual([201, null, []]);
    expect(verdictOf(await api.operator.post(`${path()}?verify=no`, bodyOf()))).toBe(
      '400 invalid_parameter',
    );
  });
});
