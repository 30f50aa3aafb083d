import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import { giveCredit } from '../support/tenant.js';

const PLATFORM = '/admin/v1/providers';
const secret = 'sk-local-5d1f0a7be9c2-1234';

let api: AdminApi;
let server: Server;
let baseUrl: string;
let asked: string[] = [];

const ANSWERS: Readonly<Record<string, object>> = {
  'GET /v1/models': { data: [{ id: 'llama3:8b' }, { id: 'qwen3' }] },
  'POST /v1/chat/completions': {
    id: 'c1',
    model: 'llama3:8b',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'OpenAI' }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 },
  },
  'POST /v1/messages': {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text: 'Anthropic' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1_000, output_tokens: 100 },
  },
  'POST /v1/models/g:generateContent': {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Gemini' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100, totalTokenCount: 1_100 },
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const { authorization, ...headers } = request.headers;
    const key = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? authorization?.slice(7);
    const [path = ''] = (request.url ?? '').split('?');
    const line = `${request.method} ${path}`;
    asked.push(line);
    const answer = key === secret ? ANSWERS[line] : undefined;
    response.setHeader('content-type', 'application/json');
    request.resume().on('end', () => {
      response.writeHead(answer ? 200 : key === secret ? 404 : 401);
      response.end(JSON.stringify(answer ?? { error: { message: 'No.' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  api = await startAdminApi({
    modules: [AppModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  });
});
afterAll(async () => {
  await api.close();
  server.close();
});

const ownPath = ({ organizationId }: CallingTenant): string =>
  `/admin/v1/organizations/${organizationId}`;
const bodyOf = (more: object = {}): object => ({
  slug: 'local',
  name: 'Local',
  protocol: 'chat-completions',
  base_url: baseUrl,
  models: [{ id: 'llama3:8b', prices: { input: '1', output: '2' } }],
  ...more,
});
const credentialOf = (slug = 'local'): object => ({ provider_id: slug, name: 'Main', secret });
const call = ({ key }: CallingTenant, model: string): Promise<AdminAnswer> =>
  callChat(api.url, key, { model });

/** A tenant with a provider of its own, and a credential for it. */
async function tenantWith(more: object = {}): Promise<{ tenant: CallingTenant; id: string }> {
  const tenant = await makeCallingTenant(api.rows, 'api-keys');
  const made = await api.operator.post(`${ownPath(tenant)}/providers`, bodyOf(more));
  expect(made.status).toBe(201);
  const credential = credentialOf(made.body.slug);
  const saved = await api.operator.post(`${ownPath(tenant)}/credentials`, credential);
  expect([saved.status, saved.body.base_url]).toEqual([201, baseUrl]);
  return { tenant, id: made.body.id };
}

describe('a provider of an organization', () => {
  it('is called by its name and by the names of its models, and costs what was said', async () => {
    const { tenant } = await tenantWith();
    for (const model of ['local/llama3:8b', 'llama3:8b']) {
      const { status, body } = await call(tenant, model);
      expect([status, body.choices?.[0].message.content]).toEqual([200, 'OpenAI']);
      expect(body.metadata).toMatchObject({
        used_provider: 'local',
        used_model: 'llama3:8b',
        charged: false,
      });
      expect(body.usage.cost_usd_total).toBe(0.0012);
    }
  });

  it('is nobody else’s', async () => {
    const { tenant, id } = await tenantWith();
    const other = await makeCallingTenant(api.rows, 'api-keys');
    asked = [];
    for (const model of ['local/llama3:8b', 'llama3:8b'])
      expect(verdictOf(await call(other, model))).toBe('404 model_not_found');
    expect(asked).toEqual([]);
    const models = async ({ key }: CallingTenant): Promise<string[]> => {
      const { body } = await api.as(key).get('/v1/models');
      return body.data.map((model: { id: string }) => model.id);
    };
    expect(await models(tenant)).toEqual(['llama3:8b']);
    expect(await models(other)).toEqual([]);
    expect((await api.operator.get(`${ownPath(other)}/providers/${id}`)).status).toBe(404);
    const refused = await api.operator.post(`${ownPath(other)}/credentials`, credentialOf());
    expect([refused.status, refused.body.error.param]).toEqual([400, 'provider_id']);
  });

  it.each([
    ['anthropic-messages', 'claude', 'Anthropic'],
    ['gemini', 'g', 'Gemini'],
  ])('speaks %s', async (protocol, id, content) => {
    const { tenant } = await tenantWith({ protocol, models: [{ id, free: true }] });
    const { status, body } = await call(tenant, `local/${id}`);
    expect([status, body.choices?.[0].message.content]).toEqual([200, content]);
    expect(body.usage.cost_usd_total).toBe(0);
  });

  it('tells which models it has', async () => {
    const { tenant, id } = await tenantWith();
    const { body } = await api.operator.get(`${ownPath(tenant)}/providers/${id}/models`);
    expect(body.data).toEqual([
      { object: 'discovered_model', id: 'llama3:8b', is_declared: true },
      { object: 'discovered_model', id: 'qwen3', is_declared: false },
    ]);
  });

  it('changes its models from the next call on, and goes with its credentials', async () => {
    const { tenant, id } = await tenantWith();
    expect((await call(tenant, 'local/llama3:8b')).status).toBe(200);
    const path = `${ownPath(tenant)}/providers/${id}`;
    const models = [
      { id: 'small', upstream_model: 'llama3:8b', prices: { input: '3', output: '0' } },
    ];
    const changed = await api.operator.patch(path, { models });
    expect([changed.status, changed.body.version]).toEqual([200, 2]);
    expect(verdictOf(await call(tenant, 'llama3:8b'))).toBe('404 model_not_found');
    expect((await call(tenant, 'small')).body.usage.cost_usd_total).toBe(0.003);
    expect((await api.operator.delete(path)).status).toBe(200);
    const { body } = await api.operator.get(`${ownPath(tenant)}/credentials`);
    expect(body.data).toEqual([]);
    expect(verdictOf(await call(tenant, 'small'))).toBe('404 model_not_found');
  });

  it.each([
    ['a built-in id', { slug: 'openai' }, 409, 'slug'],
    ['an id of a search provider', { slug: 'serper' }, 409, 'slug'],
    ['a built-in alias', { slug: 'google' }, 409, 'slug'],
    ['no price', { models: [{ id: 'm' }] }, 400, 'models'],
    ['a price for input alone', { models: [{ id: 'm', prices: { input: '1' } }] }, 400, 'models'],
    [
      'a negative price',
      { models: [{ id: 'm', prices: { input: '-1', output: '1' } }] },
      400,
      'models',
    ],
    [
      'a model twice',
      {
        models: [
          { id: 'm', free: true },
          { id: 'm', free: true },
        ],
      },
      400,
      'models',
    ],
    ['another service’s port', { base_url: 'http://127.0.0.1:5432' }, 400, 'base_url'],
    ['no such protocol', { protocol: 'bedrock-converse' }, 400, 'protocol'],
  ])('is refused with %s', async (_, more, status, param) => {
    const tenant = await makeCallingTenant(api.rows, 'api-keys');
    const answer = await api.operator.post(`${ownPath(tenant)}/providers`, bodyOf(more));
    expect([answer.status, answer.body.error.param]).toEqual([status, param]);
  });
});

describe('a provider of the platform', () => {
  it('serves every organization, from the wallet, and its name is taken', async () => {
    const before = await makeCallingTenant(api.rows, 'credits');
    await giveCredit(api.rows, before.organizationId.slice(4), '1');
    expect(verdictOf(await call(before, 'house/m'))).toBe('404 model_not_found');
    const models = [{ id: 'm', prices: { input: '1', output: '2' } }];
    const made = await api.operator.post(PLATFORM, bodyOf({ slug: 'house', models }));
    expect(made.status).toBe(201);
    const saved = await api.operator.post('/admin/v1/credentials', credentialOf('house'));
    expect(saved.status).toBe(201);
    const answer = await call(before, 'house/m');
    expect([answer.status, answer.body.metadata?.charged]).toEqual([200, true]);
    const taken = await api.operator.post(
      `${ownPath(before)}/providers`,
      bodyOf({ slug: 'house' }),
    );
    expect(taken.status).toBe(409);
    await api.operator.delete(`${PLATFORM}/${made.body.id}`);
    expect(verdictOf(await call(before, 'house/m'))).toBe('404 model_not_found');
  });
});
