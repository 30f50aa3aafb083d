import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { type AdminAnswer } from '../support/admin-caller.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import {
  GIVEN_TOKEN,
  startFormTokenServer,
  type FormTokenServer,
} from '../support/form-token-server.js';
import { insertModel } from '../support/offer-rows.js';
import { startReplayServer, type ReplayServer } from '../support/replay-server.js';

const secret = 'an-ibm-cloud-key-7f3a90b1c2d4';
const model = 'granite-x';
const project_id = '11111111-2222-3333-4444-555555555555';

let api: AdminApi;
let cloud: ReplayServer;
let iam: FormTokenServer;
let tenant: CallingTenant;

beforeAll(async () => {
  cloud = await startReplayServer();
  iam = await startFormTokenServer();
  api = await startAdminApi({
    modules: [AppModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true', WATSONX_AI_AUTH_URL: iam.url },
  });
  await insertModel(api.rows, model, ['watsonx']);
  await api.app.get(CatalogueService).reload();
  tenant = await makeCallingTenant(api.rows, 'api-keys');
});
afterAll(async () => {
  await api.close();
  await cloud.close();
  await iam.close();
});
beforeEach(() => {
  iam.answer = GIVEN_TOKEN;
});

function play(status: number, body: unknown): void {
  const isText = typeof body === 'string';
  const headers = { 'content-type': isText ? 'text/event-stream' : 'application/json' };
  const bytes = Buffer.from(isText ? body : JSON.stringify(body));
  cloud.play('wx', { status, headers, pieces: [bytes] });
}

/** What watsonx.ai was asked last: method and path, whose request it was, and its body. */
function asked(): readonly [string, unknown, Record<string, unknown>] {
  const sent = cloud.received('wx').at(-1);
  const body = JSON.parse(sent?.body ?? '{}') as Record<string, unknown>;
  return [`${sent?.method} ${sent?.path}`, sent?.headers['authorization'], body];
}

const save = (more: object = {}): Promise<AdminAnswer> =>
  api.operator.post(`/admin/v1/organizations/${tenant.organizationId}/credentials`, {
    provider_id: 'watsonx',
    name: 'ours',
    secret,
    base_url: `${cloud.url}/wx/ml/v1`,
    settings: { project_id },
    ...more,
  });
const refusal = ({ status, body }: AdminAnswer): unknown[] => [status, body.error?.param];

const errors = (code: string, message: string, status_code: number): object => ({
  errors: [{ code, message }],
  trace: 't-1',
  status_code,
});

describe('a credential of watsonx.ai', () => {
  it('needs a project or a space, and says so', async () => {
    const none = await save({ settings: {} });
    expect(refusal(none)).toEqual([400, 'settings.project_id']);
    expect(none.body.error.message).toBe(
      'settings.project_id is needed by watsonx, or settings.space_id in its place.',
    );
    const both = { project_id, space_id: project_id };
    expect(refusal(await save({ settings: both }))).toEqual([400, 'settings.space_id']);
    const bad = { project_id: 'ours' };
    expect(refusal(await save({ settings: bad }))).toEqual([400, 'settings.project_id']);
  });

  it('goes to the region of its choice, and to no other host', async () => {
    const settings = { project_id, region: 'evil.example/' };
    const answer = await save({ base_url: null, settings });
    expect(refusal(answer)).toEqual([400, 'settings.region']);
  });

  it('is refused where IBM Cloud gives no token for it, in its words', async () => {
    const nobody = 'a-key-of-nobody-000000';
    const errorMessage = 'Provided API key could not be found';
    const words = { errorCode: 'BXNIM0415E', errorMessage: `${errorMessage}: ${nobody}` };
    iam.answer = { status: 400, body: JSON.stringify(words) };
    const answer = await save({ secret: nobody });
    expect(refusal(answer)).toEqual([400, 'secret']);
    expect(answer.body.error.message).toContain(`400 BXNIM0415E: ${errorMessage}`);
    expect(answer.body.error.message).not.toContain(nobody);
  });

  it('is refused where its project has no runtime, and names the project', async () => {
    const message = `project_id ${project_id} is not associated with a WML instance`;
    play(403, errors('no_associated_service_instance_error', message, 403));
    const answer = await save();
    expect(refusal(answer)).toEqual([400, 'secret']);
    expect(answer.body.error.message).toContain(message);
  });

  it('is tried with a token, by counting tokens in its project', async () => {
    play(200, { model_id: 'ibm/granite-4-h-small', result: { token_count: 1 } });
    const { body } = await save();
    expect(body).toMatchObject({
      settings: { region: 'us-south', project_id },
      verified_at: expect.stringMatching(/Z$/),
    });
    const [path, authorization, sent] = asked();
    expect(path).toBe('POST /ml/v1/text/tokenization?version=2025-10-01');
    expect(authorization).toMatch(/^Bearer token-\d+$/);
    expect(sent).toEqual({ model_id: 'ibm/granite-4-h-small', input: 'a', project_id });
    expect(iam.questions.at(-1)?.form['apikey']).toBe(secret);
  });
});

describe('a call of watsonx.ai', () => {
  it('has the model and the project in its body, and its usage in the answer', async () => {
    play(200, {
      id: 'chatcmpl-1',
      model_id: model,
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'time_limit' },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
    });
    const before = iam.questions.length;
    const { status, body } = await callChat(api.url, tenant.key, { model });
    expect([status, body.model, body.choices[0].message.content]).toEqual([200, model, 'Hi']);
    expect(body.choices[0].finish_reason).toBe('length');
    // 10 × 1 and 2 × 2 USD per million tokens.
    expect(body.usage).toMatchObject({ total_tokens: 12, cost_usd_total: 0.000014 });
    const [path, authorization, sent] = asked();
    expect(path).toBe('POST /ml/v1/text/chat?version=2025-10-01');
    expect(authorization).toMatch(/^Bearer token-\d+$/);
    expect(sent).toMatchObject({ model_id: model, project_id, max_completion_tokens: 10 });
    expect(sent).not.toHaveProperty('model');
    // The token of the trial is still good.
    expect(iam.questions.length).toBe(before);
  });

  it('is streamed at a path of its own, and ends without [DONE] of IBM’s', async () => {
    const chunk = (fields: object): string =>
      `id: 1\nevent: message\ndata: ${JSON.stringify({ id: 'chatcmpl-1', model_id: model, ...fields })}\n\n`;
    const of = (delta: object, finish_reason: string | null = null): string =>
      chunk({ choices: [{ index: 0, delta, finish_reason }] });
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
    const end = chunk({ choices: [], usage });
    play(200, `${of({ role: 'assistant', content: '' })}${of({ content: 'Hi' }, 'stop')}${end}`);
    const response = await fetch(`${api.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    const text = await response.text();
    expect(text).toContain('"content":"Hi"');
    expect(text).toContain('"cost_usd_total":0.000014');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    const [path, , sent] = asked();
    expect(path).toBe('POST /ml/v1/text/chat_stream?version=2025-10-01');
    expect(sent).toMatchObject({ model_id: model, project_id, max_completion_tokens: 0 });
    expect(sent).not.toHaveProperty('stream');
    expect(cloud.received('wx').at(-1)?.headers['accept']).toBe('text/event-stream');
  });

  it('that a quota refuses is 429, whatever status IBM has for it', async () => {
    play(403, errors('token_quota_reached', 'Request of 10 token(s) from quota was rejected', 403));
    const { status, body } = await callChat(api.url, tenant.key, { model });
    expect([status, body.error.code]).toEqual([429, 'upstream_rate_limited']);
  });
});
