import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { verdictOf } from '../support/admin-caller.js';
import { CredentialAdmin, OTHER_SECRET, refusalOf, SECRET } from '../support/credential-admin.js';
import { startKeyProvider } from '../support/key-provider.js';

let stage: CredentialAdmin;
let freePort: string;

beforeAll(async () => {
  const gone = await startKeyProvider();
  freePort = new URL(gone.url).port;
  await gone.close();
  stage = await CredentialAdmin.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('a new credential', () => {
  it('is shown without its secret, by which it can be told from others nonetheless', async () => {
    const view = await stage.created({ priority: -5, settings: { organization: 'org-abc' } });
    expect(view).toEqual({
      object: 'provider_credential',
      id: expect.stringMatching(/^crd_/),
      organization_id: stage.ours.id,
      provider_id: 'openai',
      name: 'Main',
      status: 'active',
      priority: -5,
      base_url: stage.provider.url,
      origin: new URL(stage.provider.url).origin,
      settings: { organization: 'org-abc' },
      hint: '4836',
      verified_at: expect.stringMatching(/Z$/),
      created_at: expect.stringMatching(/Z$/),
      version: 1,
    });
    const again = await stage.ours.as('owner').get(`${stage.path()}/${view['id']}`);
    expect(again.body).toEqual(view);
    expect(again.headers.get('etag')).toBe('"1"');
  });

  it('takes a provider by its alias', async () => {
    const more = { provider_id: 'google', base_url: null };
    const { status, body } = await stage.api.operator.post(
      `${stage.path()}?verify=false`,
      stage.bodyOf(more),
    );
    expect([status, body.provider_id, body.base_url, body.origin, body.verified_at]).toEqual([
      ...[201, 'google-ai-studio', null, 'https://generativelanguage.googleapis.com', null],
    ]);
  });

  it('leaves its secret in no row, answer or entry of the audit log', async () => {
    const view = await stage.created();
    await stage.ours.as('admin').patch(`${stage.path()}/${view['id']}`, { secret: OTHER_SECRET });
    const tables = ['provider_credential', 'audit_entry', 'idempotency_record'];
    const found = [JSON.stringify(view)];
    for (const table of tables)
      found.push(
        JSON.stringify(await stage.api.rows.query(`SELECT row_to_json(t) AS row FROM ${table} t`)),
      );
    for (const text of [SECRET, OTHER_SECRET]) {
      const hex = Buffer.from(text).toString('hex');
      for (const form of [text, Buffer.from(text).toString('base64').slice(0, 30), hex])
        expect(found.join()).not.toContain(form);
    }
    const actions = await stage.api.rows.query(
      `SELECT action, actor_kind, organization_id, after->>'secret_replaced' AS replaced FROM audit_entry
       WHERE target_id = $1 ORDER BY at, id`,
      [view['id']],
    );
    const by = { actor_kind: 'member', organization_id: stage.ours.id };
    expect(actions).toEqual([
      { action: 'provider_credential.create', replaced: null, ...by },
      { action: 'provider_credential.update', replaced: 'true', ...by },
    ]);
  });

  it('is made once, however often it is asked for with one key, and tried once', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await stage.create({}, headers);
    stage.provider.keys.clear();
    const second = await stage.create({}, headers);
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(stage.provider.asked.filter((line) => line.endsWith(SECRET))).toHaveLength(1);
    expect(verdictOf(await stage.create({ name: 'Other' }, headers))).toBe(
      '409 idempotency_conflict',
    );
  });

  it('is one of 200 at most', async () => {
    const { id } = await stage.created();
    await stage.api.rows.query(
      `INSERT INTO provider_credential
         (id, organization_id, provider_id, name, origin, hint, key_id, wrapped_key, ciphertext)
       SELECT $1 || n, organization_id, provider_id, name, origin, hint, key_id, wrapped_key, ciphertext
       FROM provider_credential, generate_series(1, 199) AS n WHERE id = $1`,
      [id],
    );
    expect(verdictOf(await stage.create())).toBe('409 resource_conflict');
  });
});

describe('a secret is tried before it is saved', () => {
  const rowsNow = async () =>
    (await stage.api.rows.query('SELECT id FROM provider_credential')).length;

  it('refused: 400 that names it and does not repeat it', async () => {
    stage.provider.keys.clear();
    const answer = await stage.create();
    expect(refusalOf(answer)).toEqual([400, 'secret']);
    expect(answer.body.error.message).toContain('Incorrect API key provided: [redacted]');
    const said = JSON.stringify(answer.body);
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 20));
    expect(await rowsNow()).toBe(0);
  });

  it.each(['everybody', 'nobody'] as const)(
    'by an empty call where %s may list the models',
    async (who) => {
      stage.provider.listing = who;
      expect((await stage.create({ name: 'good' })).body.verified_at).not.toBeNull();
      stage.provider.keys.clear();
      expect(refusalOf(await stage.create())).toEqual([400, 'secret']);
      expect(await rowsNow()).toBe(1);
    },
  );

  it('limited by its rate: saved as not verified', async () => {
    stage.provider.keys.set(SECRET, 'limited');
    expect((await stage.created())['verified_at']).toBeNull();
  });

  it.each([
    ['nobody listens', () => `http://127.0.0.1:${freePort}/v1`, 'refuses connections'],
    ['another path', () => `${stage.provider.url}/elsewhere`, 'answers with status 404'],
    ['no host of that name', () => 'http://no-such-host.invalid/v1', 'host name'],
  ])('at an address where %s: 400 that says so', async (_, url, reason) => {
    const answer = await stage.create({ base_url: url() });
    expect(refusalOf(answer)).toEqual([400, 'base_url']);
    expect(answer.body.error.message).toContain(reason);
    expect(await rowsNow()).toBe(0);
  });

  it('unless an operator says otherwise', async () => {
    stage.provider.keys.clear();
    const untried = `${stage.path()}?verify=false`;
    expect(verdictOf(await stage.ours.as('owner').post(untried, stage.bodyOf()))).toBe(
      '403 role_not_allowed',
    );
    const { status, body } = await stage.api.operator.post(untried, stage.bodyOf());
    expect([status, body.verified_at, stage.provider.asked]).toEqual([201, null, []]);
    expect(
      verdictOf(await stage.api.operator.post(`${stage.path()}?verify=no`, stage.bodyOf())),
    ).toBe('400 invalid_parameter');
  });
});
