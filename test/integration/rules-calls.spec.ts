import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestOrganization } from '../support/admin.js';
import { insertKeyOf, type TestKey } from '../support/rule-keys.js';
import { startRulesGateway, type RulesGateway } from '../support/rules-gateway.js';
import { giveCredit } from '../support/tenant.js';

let gateway: RulesGateway;
let ours: TestOrganization;
let parent: TestKey;
let key: TestKey;
let free: TestKey;

beforeAll(async () => {
  gateway = await startRulesGateway();
});
beforeEach(async () => {
  const { api } = gateway;
  ours = await api.makeOrganization();
  await giveCredit(api.rows, ours.id.slice('org_'.length), '5');
  parent = await insertKeyOf(api.rows, ours, { mayCreateKeys: true });
  key = await insertKeyOf(api.rows, ours, {
    parentId: parent.id,
    memberId: ours.members.developer.id,
  });
  const other = await api.makeOrganization('not bound by anything');
  await giveCredit(api.rows, other.id.slice('org_'.length), '5');
  free = await insertKeyOf(api.rows, other);
});
afterAll(() => gateway.close());

/** Puts a rule on our organization where nothing else is said, and gives its path. */
async function put(
  effect: string,
  kind: string,
  subject: object,
  place: { scope: string; scope_id: string } = { scope: 'organization', scope_id: ours.id },
): Promise<string> {
  const rules = `${ours.path}/rules`;
  const { status, body } = await ours.as('owner').post(rules, { ...place, effect, kind, subject });
  expect(status).toBe(201);
  return `${rules}/${body.id as string}`;
}

const chat = (model: string, used = key): Promise<string> => gateway.chat(used.key, model);

/** Every way to each model, and who answers where no rule is in the way. */
const WAYS: readonly (readonly [string, string])[] = [
  ['alpha', '200 openai'],
  ['the-first', '200 openai'],
  ['openai/alpha', '200 openai'],
  ['openai/the-first', '200 openai'],
  ['openai/alpha-at-openai', '200 openai'],
  ['groq/alpha', '200 groq'],
  ['beta', '200 google-ai-studio'],
  ['google/beta', '200 google-ai-studio'],
  ['google-ai-studio/beta', '200 google-ai-studio'],
  ['google/beta-at-google-ai-studio', '200 google-ai-studio'],
  ['gamma', '200 groq'],
  ['gift', '200 groq'],
  ['auto', '200 groq'],
];

describe('without rules', () => {
  it.each(WAYS)('%s is answered: %s', async (model, expected) => {
    expect(await chat(model)).toBe(expected);
  });
});

describe('a rule against a model', () => {
  it('holds for every way to it, also in a stream, and for no other model', async () => {
    await put('deny', 'model', { models: ['alpha'] });
    for (const [model, before] of WAYS) {
      const isAlpha = /alpha|the-first/.test(model);
      expect([model, await chat(model)]).toEqual([
        model,
        isAlpha ? '403 model_not_allowed' : before,
      ]);
    }
    const stream = { body: { stream: true } };
    expect(await gateway.chat(key.key, 'alpha', stream)).toBe('403 model_not_allowed');
    expect(await chat('alpha', free)).toBe('200 openai');
  });

  it('takes it out of what auto picks from', async () => {
    await put('deny', 'model', { models: ['gift'] });
    expect(await chat('auto')).toBe('200 openai');
    await put('deny', 'model', { models: ['*'] });
    expect(await chat('auto')).toBe('403 model_not_allowed');
  });

  it('names the level that refuses, and nobody', async () => {
    await put('deny', 'model', { models: ['alpha'] }, { scope: 'api_key', scope_id: parent.id });
    expect(await gateway.chatError(key.key, 'openai/alpha')).toEqual({
      message:
        'openai/alpha is not allowed (openai: by the rules of a key above the key the model is denied).',
      type: 'permission_error',
      param: 'model',
      code: 'model_not_allowed',
    });
  });
});

describe('a rule against a provider', () => {
  it('has another one answer, unless the provider is pinned', async () => {
    await put('deny', 'provider', { providers: ['openai', 'google'] });
    const expected: Record<string, string> = {
      ...Object.fromEntries(WAYS),
      alpha: '200 groq',
      'the-first': '200 groq',
    };
    for (const [model, before] of WAYS) {
      const isDenied = /^(openai|google)|^beta/.test(model);
      expect([model, await chat(model)]).toEqual([
        model,
        isDenied ? '403 provider_not_allowed' : (expected[model] ?? before),
      ]);
    }
  });

  it('keeps fallbacks away from it', async () => {
    const asked = (): number =>
      gateway.sandbox.tally().filter(({ model }) => model === 'gamma-at-groq').length;
    const before = asked();
    expect(await chat('gamma')).toBe('200 groq');
    expect(asked()).toBe(before + 1);
    await put('deny', 'provider', { providers: ['groq'] });
    expect(await chat('gamma')).toMatch(/^50\d upstream/);
    expect(asked()).toBe(before + 1);
  });
});

describe('rules about prices', () => {
  it('of free models alone', async () => {
    await put('allow', 'pricing', { is: 'free' });
    expect(await chat('gift')).toBe('200 groq');
    expect(await chat('alpha')).toBe('403 model_not_allowed');
    expect(await chat('auto')).toBe('200 groq');
  });

  it('of a ceiling', async () => {
    await put('allow', 'price_ceiling', { input: '1.5', output: '1.5' });
    expect(await chat('alpha')).toBe('200 openai');
    expect(await chat('groq/alpha')).toBe('403 model_not_allowed');
    expect(await chat('beta')).toBe('403 model_not_allowed');
  });
});

describe('a rule takes effect at once', () => {
  it.each(['organization', 'project', 'member', 'api_key'])(
    'on scope %s: made, changed and taken away',
    async (scope) => {
      const places: Record<string, string> = {
        organization: ours.id,
        project: ours.projectId,
        member: ours.members.developer.id,
        api_key: parent.id,
      };
      const scope_id = places[scope] ?? '';
      expect(await chat('beta')).toBe('200 google-ai-studio');
      const rule = await put('deny', 'model', { models: ['beta'] }, { scope, scope_id });
      expect(await chat('beta')).toBe('403 model_not_allowed');
      await ours.as('owner').patch(rule, { subject: { models: ['alpha'] } });
      expect([await chat('beta'), await chat('alpha')]).toEqual([
        '200 google-ai-studio',
        '403 model_not_allowed',
      ]);
      await ours.as('owner').delete(rule);
      expect(await chat('alpha')).toBe('200 openai');
    },
  );

  it('on a member and a key for no other', async () => {
    const other = await insertKeyOf(gateway.api.rows, ours);
    const member = { scope: 'member', scope_id: ours.members.developer.id };
    await put('deny', 'model', { models: ['beta'] }, member);
    await put('deny', 'model', { models: ['alpha'] }, { scope: 'api_key', scope_id: key.id });
    expect(await chat('beta', other)).toBe('200 google-ai-studio');
    expect(await chat('alpha', parent)).toBe('200 openai');
    expect([await chat('beta'), await chat('alpha')]).toEqual(
      Array(2).fill('403 model_not_allowed'),
    );
  });

  it('of allows of one level are a union, of two levels both must hold', async () => {
    await put('allow', 'model', { models: ['alpha'] });
    await put('allow', 'model', { models: ['beta'] });
    const project = { scope: 'project', scope_id: ours.projectId };
    expect([await chat('alpha'), await chat('beta')]).toEqual([
      '200 openai',
      '200 google-ai-studio',
    ]);
    await put('allow', 'model', { models: ['beta', 'gift'] }, project);
    expect([await chat('alpha'), await chat('beta'), await chat('gift')]).toEqual([
      '403 model_not_allowed',
      '200 google-ai-studio',
      '403 model_not_allowed',
    ]);
  });
});

interface Model {
  readonly id: string;
  readonly providers: readonly { readonly id: string }[];
}

interface ModelsAnswer {
  readonly data: readonly Model[];
  readonly error?: { readonly code: string };
}

describe('the list of models', () => {
  const get = async (path: string, used = key) => {
    const response = await fetch(`${gateway.api.url}${path}`, {
      headers: { authorization: `Bearer ${used.key}` },
    });
    return { status: response.status, body: (await response.json()) as ModelsAnswer };
  };

  it('shows a key what it may use', async () => {
    await put('deny', 'model', { models: ['beta', 'gift'] });
    await put('deny', 'provider', { providers: ['openai'] });
    const { body } = await get('/v1/models');
    expect(
      body.data.map(({ id, providers }) => [id, providers.map((provider) => provider.id)]),
    ).toEqual([
      ['alpha', ['groq']],
      ['gamma', ['groq', 'xai']],
    ]);
    expect((await get('/v1/models', free)).body.data).toHaveLength(4);
  });

  it('knows no model by id or alias that a key may not use', async () => {
    await put('deny', 'model', { models: ['alpha'] });
    for (const name of ['alpha', 'the-first']) {
      const { status, body } = await get(`/v1/models/${name}`);
      expect([status, body.error?.code]).toEqual([404, 'model_not_found']);
      expect((await get(`/v1/models/${name}`, free)).status).toBe(200);
    }
  });
});
