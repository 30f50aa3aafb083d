import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/core/admin.js';
import type { TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';
import { startRulesGateway, type RulesGateway } from '../support/rules-gateway.js';

let gateway: RulesGateway;
let ours: TestOrganization;
let theirs: TestOrganization;
let parent: TestKey;
let key: TestKey;
let theirKey: TestKey;
const rules: Record<string, string> = {};

beforeAll(async () => {
  gateway = await startRulesGateway();
  const { api } = gateway;
  ours = await api.makeOrganization();
  theirs = await api.makeOrganization();
  parent = await insertKeyOf(api.rows, ours, { mayCreateKeys: true });
  const memberId = ours.members.developer.id;
  key = await insertKeyOf(api.rows, ours, { parentId: parent.id, memberId });
  theirKey = await insertKeyOf(api.rows, theirs);
  const project = { scope: 'project', scope_id: ours.projectId };
  rules['project'] = await put(project, 'deny', 'provider', { providers: ['openai'] });
  const ofParent = { scope: 'api_key', scope_id: parent.id };
  rules['parent'] = await put(ofParent, 'allow', 'model', { models: ['alpha', 'gamma'] });
  const member = { scope: 'member', scope_id: memberId };
  rules['member'] = await put(member, 'allow', 'ip', { ranges: ['203.0.113.0/24'] });
});
afterAll(() => gateway.close());

async function put(place: object, effect: string, kind: string, subject: object): Promise<string> {
  const { body } = await ours
    .as('owner')
    .post(`${ours.path}/rules`, { ...place, effect, kind, subject });
  return body.id as string;
}

async function explain(question: Record<string, unknown>) {
  const { status, body } = await ours.as('viewer').post(`${ours.path}/rules/explain`, question);
  expect(status).toBe(200);
  return body;
}

const LET_THROUGH = { allowed: true, code: null, level: null, rule_id: null, reason: null };

describe('an explanation', () => {
  it('tells of every offer that a name reaches who refuses it and why', async () => {
    const body = await explain({ key_id: key.id, model: 'the-first' });
    expect(body).toEqual({
      object: 'rule_explanation',
      id: key.id,
      organization_id: ours.id,
      model: 'the-first',
      allowed: true,
      error: null,
      address: null,
      offers: [
        { object: 'offer', id: 'groq/alpha', provider: 'groq', model: 'alpha', ...LET_THROUGH },
        {
          object: 'offer',
          id: 'openai/alpha',
          provider: 'openai',
          model: 'alpha',
          allowed: false,
          code: 'provider_not_allowed',
          level: { scope: 'project', scope_id: ours.projectId },
          rule_id: rules['project'],
          reason: 'the provider is denied',
        },
      ],
    });
  });

  it('tells what a call would be answered', async () => {
    for (const model of ['alpha', 'openai/alpha', 'beta', 'google/beta', 'nothing']) {
      const { allowed, error } = await explain({ key_id: parent.id, model });
      const told = await gateway.chatError(parent.key, model);
      // A call that routing lets through goes on to the wallet, which is empty here.
      if (allowed) expect([model, told['code']]).toEqual([model, 'insufficient_credits']);
      else
        expect([model, error.code, error.message]).toEqual([model, told['code'], told['message']]);
    }
  });

  it('of a name that reaches nothing', async () => {
    expect(await explain({ key_id: key.id, model: 'nothing' })).toMatchObject({
      allowed: false,
      error: { status: 404, code: 'model_not_found', param: 'model' },
      offers: [],
    });
  });

  it('of auto has every offer', async () => {
    const { offers } = await explain({ key_id: key.id, model: 'auto' });
    const allowed = offers.filter((offer: { allowed: boolean }) => offer.allowed);
    expect(offers).toHaveLength(6);
    expect(allowed.map(({ id }: { id: string }) => id)).toEqual([
      'groq/alpha',
      'groq/gamma',
      'xai/gamma',
    ]);
  });

  it('of a project or a member knows the rules of these alone', async () => {
    const ofProject = await explain({ project_id: ours.projectId, model: 'beta' });
    expect([ofProject.id, ofProject.allowed]).toEqual([ours.projectId, true]);
    expect((await explain({ project_id: ours.projectId, model: 'openai/alpha' })).allowed).toBe(
      false,
    );
    const { developer } = ours.members;
    expect((await explain({ member_id: developer.id, model: 'openai/alpha' })).allowed).toBe(true);
  });

  it('with an address has that in it, and in the answer before all else', async () => {
    const inside = await explain({ key_id: key.id, model: 'alpha', address: '::ffff:203.0.113.7' });
    expect(inside).toMatchObject({
      allowed: true,
      address: { address: '203.0.113.7', ...LET_THROUGH },
    });
    const outside = await explain({ key_id: key.id, model: 'nothing', address: '198.51.100.1' });
    expect(outside).toMatchObject({
      allowed: false,
      error: { status: 403, code: 'ip_not_allowed' },
      address: {
        address: '198.51.100.1',
        allowed: false,
        level: { scope: 'member', scope_id: ours.members.developer.id },
        rule_id: rules['member'],
      },
    });
  });
});

describe('an explanation is for', () => {
  it.each(ROLES)('readers of the organization, not for others: %s', async (role) => {
    const expected = role === 'billing' ? '403 role_not_allowed' : '200';
    const question = { key_id: key.id, model: 'alpha' };
    const client = ours.as(role);
    expect(verdictOf(await client.post(`${ours.path}/rules/explain`, question))).toBe(expected);
    const whole = { ...question, organization_id: ours.id };
    expect(verdictOf(await client.post('/admin/v1/rules/explain', whole))).toBe(expected);
  });

  it('operators, of any organization that there is', async () => {
    const question = { key_id: theirKey.id, model: 'alpha' };
    const ask = (organization_id: string) =>
      gateway.api.operator
        .post('/admin/v1/rules/explain', { ...question, organization_id })
        .then(verdictOf);
    expect(await ask(theirs.id)).toBe('200');
    expect(await ask(ours.id)).toBe('404 resource_not_found');
    expect(await ask('org_nobody')).toBe('404 resource_not_found');
  });

  it('no key', async () => {
    const question = { key_id: key.id, model: 'alpha', organization_id: ours.id };
    expect(
      verdictOf(await gateway.api.as(parent.key).post('/admin/v1/rules/explain', question)),
    ).toBe('403 role_not_allowed');
  });

  it('nobody of another organization: it is not there', async () => {
    const client = theirs.as('owner');
    const question = { key_id: key.id, model: 'alpha' };
    for (const [path, body] of [
      [`${ours.path}/rules/explain`, question],
      [`${theirs.path}/rules/explain`, question],
      ['/admin/v1/rules/explain', { ...question, organization_id: ours.id }],
      ['/admin/v1/rules/explain', { ...question, organization_id: theirs.id }],
      [`${theirs.path}/rules/explain`, { project_id: ours.projectId, model: 'alpha' }],
      [`${theirs.path}/rules/explain`, { member_id: ours.members.owner.id, model: 'alpha' }],
    ] as const)
      expect([path, body, verdictOf(await client.post(path, body))]).toEqual([
        path,
        body,
        '404 resource_not_found',
      ]);
  });
});

describe('a question that makes no sense is refused by name', () => {
  it.each<[string, Record<string, unknown>]>([
    ['key_id', { model: 'alpha' }],
    ['key_id', { model: 'alpha', key_id: 'key_1', project_id: 'prj_1' }],
    ['key_id', { model: 'alpha', key_id: 'prj_1' }],
    ['model', { key_id: 'key_1' }],
    ['model', { key_id: 'key_1', model: 'a\r\nb' }],
    ['model', { key_id: 'key_1', model: 'm'.repeat(257) }],
    ['address', { key_id: 'key_1', model: 'alpha', address: '10.0.0.0/8' }],
    ['address', { key_id: 'key_1', model: 'alpha', address: 5 }],
    ['organization_id', { key_id: 'key_1', model: 'alpha', organization_id: 'org_1' }],
  ])('%s', async (param, question) => {
    const { status, body } = await ours.as('owner').post(`${ours.path}/rules/explain`, question);
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });
});
