import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { verdictOf, type AdminAnswer, type AdminClient } from '../support/admin-caller.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';

let api: AdminApi;
let ours: TestOrganization;
let theirs: TestOrganization;
let key: TestKey;
let theirKey: TestKey;

beforeAll(async () => {
  api = await startAdminApi();
  theirs = await api.makeOrganization('theirs');
  theirKey = await insertKeyOf(api.rows, theirs);
});
beforeEach(async () => {
  ours = await api.makeOrganization('ours');
  key = await insertKeyOf(api.rows, ours);
});
afterAll(() => api.close());

/** A rule against a model, on the organization where a test does not say otherwise. */
const draft = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  scope: 'organization',
  scope_id: ours.id,
  effect: 'deny',
  kind: 'model',
  subject: { models: ['gpt-*'] },
  ...more,
});

const create = (
  more: Record<string, unknown> = {},
  client: AdminClient = ours.as('owner'),
): Promise<AdminAnswer> => client.post(`${ours.path}/rules`, draft(more));

const placesOf = (): [string, string][] => [
  ['organization', ours.id],
  ['project', ours.projectId],
  ['member', ours.members.viewer.id],
  ['api_key', key.id],
];

describe('a rule', () => {
  it('can be put on an organization, a project, a member and a key, read, changed and taken away', async () => {
    for (const [scope, scopeId] of placesOf()) {
      const made = await create({ scope, scope_id: scopeId, note: 'No GPT' });
      expect(made.status).toBe(201);
      expect(made.headers.get('etag')).toBe('"1"');
      expect(made.body).toEqual({
        object: 'rule',
        id: expect.stringMatching(/^rul_[0-9A-Z]{26}$/),
        organization_id: ours.id,
        scope,
        scope_id: scopeId,
        effect: 'deny',
        kind: 'model',
        subject: { models: ['gpt-*'] },
        note: 'No GPT',
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
        version: 1,
      });
      const path = `${ours.path}/rules/${made.body.id as string}`;
      expect((await ours.as('viewer').get(path)).body).toEqual(made.body);
      const changed = await ours
        .as('admin')
        .patch(path, { subject: { models: ['o1'] }, note: null });
      expect(changed.body).toEqual({
        ...made.body,
        subject: { models: ['o1'] },
        note: null,
        version: 2,
      });
      const gone = await ours.as('owner').delete(path);
      expect([gone.status, gone.body]).toEqual([
        200,
        { object: 'rule', id: made.body.id, deleted: true },
      ]);
      expect(verdictOf(await ours.as('owner').get(path))).toBe('404 resource_not_found');
    }
  });

  it.each([
    ['allow', 'model', { models: ['gpt-4o', 'anthropic/claude-*'] }],
    ['allow', 'provider', { providers: ['openai'] }],
    ['deny', 'pricing', { is: 'paid' }],
    ['allow', 'price_ceiling', { input: '2.5', output: '10', request: '0' }],
    ['deny', 'ip', { ranges: ['10.0.0.0/8', '::1'] }],
  ])('%s of kind %s is kept as it was given', async (effect, kind, subject) => {
    const { status, body } = await create({ effect, kind, subject });
    expect([status, body.subject]).toEqual([201, subject]);
  });

  it('changes leave a trace in the audit log', async () => {
    const { body: rule } = await create();
    const path = `${ours.path}/rules/${rule.id as string}`;
    await ours.as('admin').patch(path, { note: 'changed' });
    await ours.as('admin').delete(path);
    const { body } = await ours
      .as('owner')
      .get(`${ours.path}/audit-log?target_id=${rule.id as string}`);
    const { admin, owner } = ours.members;
    expect(body.data).toMatchObject([
      { action: 'rule.delete', actor_id: admin.tokenId, before: { version: 2 }, after: null },
      {
        action: 'rule.update',
        actor_id: admin.tokenId,
        before: { version: 1 },
        after: { note: 'changed' },
      },
      { action: 'rule.create', actor_id: owner.tokenId, before: null, after: { version: 1 } },
    ]);
  });

  it('is made once for one Idempotency-Key', async () => {
    const sent = { 'idempotency-key': 'once' };
    const client = ours.as('owner');
    const first = await client.post(`${ours.path}/rules`, draft(), sent);
    const again = await client.post(`${ours.path}/rules`, draft(), sent);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { body } = await client.get(`${ours.path}/rules`);
    expect(body.data).toHaveLength(1);
  });

  it('is changed only by who saw its last version', async () => {
    const { body: rule } = await create();
    const path = `${ours.path}/rules/${rule.id as string}`;
    const client = ours.as('owner');
    const change = (version: string) =>
      client.patch(path, { note: version }, { 'if-match': version }).then(verdictOf);
    expect(await change('"1"')).toBe('200');
    expect(await change('"1"')).toBe('412 precondition_failed');
    expect(verdictOf(await client.delete(path, { 'if-match': '"1"' }))).toBe(
      '412 precondition_failed',
    );
    expect(verdictOf(await client.delete(path, { 'if-match': '"2"' }))).toBe('200');
  });
});

describe('the list of rules', () => {
  it('goes newest first, by pages and filters', async () => {
    const made: string[] = [];
    for (const [scope, scope_id] of placesOf())
      made.unshift((await create({ scope, scope_id })).body.id as string);
    const ip = { kind: 'ip', subject: { ranges: ['10.0.0.0/8'] } };
    made.unshift((await create(ip)).body.id as string);
    const client = ours.as('viewer');
    const idsOf = async (query: string): Promise<string[]> => {
      const { body } = await client.get(`${ours.path}/rules?${query}`);
      return body.data.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf('')).toEqual(made);
    expect(await idsOf('kind=ip')).toEqual(made.slice(0, 1));
    expect(await idsOf('scope=api_key')).toEqual([made[1]]);
    expect(await idsOf(`scope_id=${ours.id}`)).toEqual([made[0], made[4]]);
    const { body } = await client.get(`${ours.path}/rules?limit=3`);
    expect([body.object, body.data.length, body.has_more]).toEqual(['list', 3, true]);
    expect(await idsOf(`limit=3&cursor=${body.next_cursor as string}`)).toEqual(made.slice(3));
  });
});

describe('bad input is refused by name', () => {
  it.each<[string, Record<string, unknown>]>([
    ['scope', { scope: 'galaxy' }],
    ['scope', { scope: undefined }],
    ['scope_id', { scope_id: 'x' }],
    ['scope_id', { scope_id: 5 }],
    ['effect', { effect: 'maybe' }],
    ['effect', { kind: 'price_ceiling', subject: { input: '1' } }],
    ['kind', { kind: 'constructor' }],
    ['subject', { subject: undefined }],
    ['subject', { subject: 'gpt-4o' }],
    ['subject', { subject: [] }],
    ['subject.models', { subject: {} }],
    ['subject.models', { subject: { models: 'gpt-4o' } }],
    ['subject.models', { subject: { models: [] } }],
    ['subject.models[0]', { subject: { models: ['gpt\r\n4o'] } }],
    ['subject.models[0]', { subject: { models: ['m'.repeat(300)] } }],
    ['subject.models[1]', { subject: { models: ['gpt-4o', 'a*b'] } }],
    ['subject.ranges', { subject: { models: ['gpt-4o'], ranges: ['10.0.0.0/8'] } }],
    ['subject.ranges[0]', { kind: 'ip', subject: { ranges: ['10.0.0.0/64'] } }],
    ['subject.is', { kind: 'pricing', subject: { is: 'cheap' } }],
    ['subject.input', { effect: 'allow', kind: 'price_ceiling', subject: { input: '1e3' } }],
    ['subject.regex', { subject: { models: ['gpt-4o'], regex: '.*' } }],
    ['note', { note: 'a\u0007b' }],
    ['note', { note: 'n'.repeat(501) }],
    ['version', { version: 9 }],
    ['organization_id', { organization_id: 'org_1' }],
  ])('%s', async (param, more) => {
    const { status, body } = await create(more);
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });

  it('also of a change', async () => {
    const { body: rule } = await create();
    const path = `${ours.path}/rules/${rule.id as string}`;
    const client = ours.as('owner');
    for (const [param, change] of [
      ['subject.ranges', { subject: { ranges: ['10.0.0.0/8'] } }],
      ['scope_id', { scope_id: theirs.id }],
      ['effect', { effect: 'allow' }],
      ['kind', { kind: 'ip' }],
    ] as const) {
      const { status, body } = await client.patch(path, change);
      expect([status, body.error.param]).toEqual([400, param]);
    }
    expect((await client.get(path)).body).toEqual(rule);
  });
});

describe('what is another’s is not there', () => {
  it('as a place for a rule', async () => {
    const foreign = [
      ['organization', theirs.id],
      ['project', theirs.projectId],
      ['member', theirs.members.owner.id],
      ['api_key', theirKey.id],
      // An id of ours under another kind is no place either.
      ['project', key.id],
      ['organization', ours.projectId],
    ];
    for (const [scope, scope_id] of foreign) {
      for (const client of [ours.as('owner'), api.operator]) {
        const answer = await create({ scope, scope_id }, client);
        expect([verdictOf(answer), answer.body.error.param]).toEqual([
          '404 resource_not_found',
          'scope_id',
        ]);
      }
    }
    const rules = await api.rows.query('SELECT 1 FROM rule WHERE organization_id = $1', [ours.id]);
    expect(rules).toEqual([]);
  });

  it('nor as a rule, by their path or by ours', async () => {
    const { body: rule } = await create();
    const id = rule.id as string;
    const client = theirs.as('owner');
    for (const path of [`${ours.path}/rules/${id}`, `${theirs.path}/rules/${id}`]) {
      expect(verdictOf(await client.get(path))).toBe('404 resource_not_found');
      expect(verdictOf(await client.patch(path, { note: 'x' }))).toBe('404 resource_not_found');
      expect(verdictOf(await client.delete(path))).toBe('404 resource_not_found');
    }
    expect(verdictOf(await client.get(`${ours.path}/rules`))).toBe('404 resource_not_found');
    expect((await client.get(`${theirs.path}/rules`)).body.data).toEqual([]);
    expect((await ours.as('owner').get(`${ours.path}/rules/${id}`)).body).toEqual(rule);
  });
});
