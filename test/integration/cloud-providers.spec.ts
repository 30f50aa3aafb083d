import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { type AdminAnswer } from '../support/admin-caller.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import { startFormTokenServer, type FormTokenServer } from '../support/form-token-server.js';
import { insertModel } from '../support/offer-rows.js';
import { startReplayServer, type ReplayServer } from '../support/replay-server.js';
import { GOOD_ANSWER, startTokenServer, type TokenServer } from '../support/token-server.js';

const secret = 'an-azure-key-5d1f0a7be9c2';
const model = 'm-1';
const claude = 'claude-sonnet-4-6';

let api: AdminApi;
let clouds: ReplayServer;
let google: TokenServer;
let entra: FormTokenServer;
let tenant: CallingTenant;

beforeAll(async () => {
  clouds = await startReplayServer();
  google = await startTokenServer();
  entra = await startFormTokenServer();
  api = await startAdminApi({
    modules: [AppModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true', AZURE_AUTHORITY_HOST: entra.url },
  });
  await insertModel(api.rows, model, ['azure']);
  await insertModel(api.rows, claude, ['google-vertex-anthropic']);
  await api.app.get(CatalogueService).reload();
  tenant = await makeCallingTenant(api.rows, 'api-keys');
});
afterAll(async () => {
  await api.close();
  await clouds.close();
  await google.close();
  await entra.close();
});

function play(prefix: string, status: number, body: unknown): void {
  const headers = { 'content-type': 'application/json' };
  clouds.play(prefix, { status, headers, pieces: [Buffer.from(JSON.stringify(body))] });
}

/** `<method> <path>` of what a cloud was asked, and one header of it. */
const asked = (prefix: string, header: string): unknown[] =>
  clouds
    .received(prefix)
    .map(({ method, path, headers }) => [`${method} ${path}`, headers[header]]);

const save = (provider: string, more: object): Promise<AdminAnswer> =>
  api.operator.post(`/admin/v1/organizations/${tenant.organizationId}/credentials`, {
    provider_id: provider,
    name: provider,
    secret,
    ...more,
  });
const refusal = ({ status, body }: AdminAnswer): unknown[] => [status, body.error?.param];

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-2024-11-20',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};

describe('a credential of Azure OpenAI', () => {
  it('needs the host of a resource where it has no address', async () => {
    expect(refusal(await save('azure', {}))).toEqual([400, 'settings.host']);
    const settings = { host: 'evil.example' };
    expect(refusal(await save('azure', { settings }))).toEqual([400, 'settings.host']);
  });

  it('is tried by the list of models, and calls the deployment of a model', async () => {
    play('azure', 200, { object: 'list', data: [] });
    const settings = { api_version: '2024-10-21', deployments: { [model]: 'our-deployment' } };
    const saved = await save('azure', { base_url: `${clouds.url}/azure/openai/v1`, settings });
    expect(saved.body).toMatchObject({ settings, verified_at: expect.stringMatching(/Z$/) });
    expect(asked('azure', 'api-key')[0]).toEqual(['GET /openai/v1/models', secret]);

    play('azure', 200, COMPLETION);
    const answer = await callChat(api.url, tenant.key, { model });
    expect([answer.status, answer.body.model]).toEqual([200, model]);
    expect(asked('azure', 'api-key')).toEqual([
      ['POST /openai/deployments/our-deployment/chat/completions?api-version=2024-10-21', secret],
    ]);
  });

  it('may be an application of Entra ID, for which there is a token', async () => {
    const application = 'our-tenant.example:11111111-2222-3333-4444-555555555555:s3cret~7d1';
    const token = 'eyJ0eXAiOiJKV1QifQ.eyJhcHBpZCI6IjEifQ.c2lnbmF0dXJl';
    entra.answer = {
      status: 200,
      body: JSON.stringify({ access_token: token, expires_in: 3599 }),
    };
    play('entra', 200, { object: 'list', data: [] });
    const base_url = `${clouds.url}/entra/openai/v1`;
    const saved = await save('azure', { secret: application, base_url });
    expect(saved.body).toMatchObject({ verified_at: expect.stringMatching(/Z$/), hint: '~7d1' });
    expect(asked('entra', 'authorization')[0]).toEqual([
      'GET /openai/v1/models',
      `Bearer ${token}`,
    ]);
    expect(asked('entra', 'api-key')[0]).toEqual(['GET /openai/v1/models', undefined]);
    entra.answer = { status: 401, body: '{"error":"invalid_client"}' };
    const other = await save('azure', { secret: `${application}x`, base_url });
    expect(refusal(other)).toEqual([400, 'secret']);
    expect(other.body.error.message).toContain('401 invalid_client');
    expect(other.body.error.message).not.toContain('s3cret');
  });

  it('tells that a prompt was refused by a filter, in Azure’s own word', async () => {
    const message = 'The prompt was filtered.';
    play('azure', 400, { error: { message, type: null, param: 'prompt', code: 'content_filter' } });
    const { status, body } = await callChat(api.url, tenant.key, { model });
    const type = 'invalid_request_error';
    expect([status, body.error]).toEqual([
      400,
      { message, type, param: 'prompt', code: 'content_filter' },
    ]);
  });
});

describe('a credential of Anthropic in Foundry', () => {
  const address = (): object => ({ base_url: `${clouds.url}/foundry/anthropic/v1` });

  it.each([
    [400, { error: { type: 'invalid_request_error', message: 'messages: too short' } }, 'verified'],
    [404, { error: { code: 'DeploymentNotFound', message: 'no' } }, 'not verified'],
    [401, { error: { code: '401', message: 'Access denied.' } }, 'secret'],
    [500, { error: { message: 'broken' } }, 'base_url'],
  ])('is tried by a call for nothing: %i', async (status, body, expected) => {
    play('foundry', status, body);
    const answer = await save('azure-anthropic', address());
    const verdict = answer.body.verified_at ? 'verified' : 'not verified';
    expect(answer.status === 201 ? verdict : answer.body.error.param).toBe(expected);
    expect(asked('foundry', 'x-api-key')).toEqual([['POST /anthropic/v1/messages', secret]]);
  });
});

describe('a credential of Vertex AI', () => {
  const address = 'projects/p/locations/global/publishers/anthropic';
  const saveKey = (more: object = {}): Promise<AdminAnswer> => {
    const base_url = `${clouds.url}/vertex/v1/${address}`;
    return save('google-vertex-anthropic', { secret: google.key, base_url, ...more });
  };

  it('needs a project where it has no address', async () => {
    const answer = await saveKey({ base_url: null });
    expect(refusal(answer)).toEqual([400, 'settings.project']);
  });

  it('is tried with an access token, by counting tokens', async () => {
    play('vertex', 200, { input_tokens: 8 });
    const { body } = await saveKey();
    expect(body).toMatchObject({
      settings: { location: 'global' },
      hint: '4836',
      verified_at: expect.stringMatching(/Z$/),
    });
    expect(asked('vertex', 'authorization')).toEqual([
      [`POST /v1/${address}/models/count-tokens:rawPredict`, 'Bearer ya29.token-1'],
    ]);
    expect(JSON.stringify(body)).not.toContain('PRIVATE KEY');
  });

  it('is refused where Google gives no access token, without a word of its key', async () => {
    const stranger = await startTokenServer();
    stranger.answer = { status: 400, body: '{"error":"invalid_grant"}' };
    const answer = await saveKey({ secret: stranger.key });
    await stranger.close();
    expect(refusal(answer)).toEqual([400, 'secret']);
    expect(answer.body.error.message).toContain('400 invalid_grant');
    expect(answer.body.error.message).not.toContain('PRIVATE KEY');
    expect(refusal(await saveKey({ secret: '{}' }))).toEqual([400, 'secret']);
  });

  it('calls the model in the path, with the version in the body', async () => {
    google.answer = GOOD_ANSWER;
    play('vertex', 200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: claude,
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: 2 },
    });
    const { status, body } = await callChat(api.url, tenant.key, { model: claude });
    expect([status, body.choices[0].message.content]).toEqual([200, 'Hi']);
    const [sent] = clouds.received('vertex');
    expect(sent?.path).toBe(`/v1/${address}/models/${claude}:rawPredict`);
    expect(sent?.headers['authorization']).toMatch(/^Bearer ya29\.token-/);
    const fields: unknown = JSON.parse(sent?.body ?? '');
    expect(fields).toMatchObject({ anthropic_version: 'vertex-2023-10-16', max_tokens: 10 });
    expect(fields).not.toHaveProperty('model');
  });
});
