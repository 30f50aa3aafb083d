import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { openBlackHole, type BlackHole } from '../support/black-hole.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import { chatBody, expectErrorBody, fetchChat, readStream } from '../support/chat-client.js';
import { startKeyProvider, type KeyProvider } from '../support/key-provider.js';
import {
  chunkOf,
  startLiveProvider,
  WHOLE_ANSWER,
  type LiveProvider,
} from '../support/live-provider.js';
import { insertModel } from '../support/offer-rows.js';

const secret = 'sk-own-1c0a77e3b5d2-4711';

let api: AdminApi;
let hole: BlackHole;
let provider: KeyProvider;
let live: LiveProvider;
let tenant: CallingTenant;

beforeAll(async () => {
  [hole, provider, live] = await Promise.all([
    openBlackHole(),
    startKeyProvider(),
    startLiveProvider(),
  ]);
  provider.keys.set(secret, 'good');
  api = await startAdminApi({
    modules: [AppModule],
    environment: {
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      UPSTREAM_CONNECT_TIMEOUT_MS: '300',
      CALL_TIMEOUT_MS: '1500',
      // What ends a call is the limit that is tested, and no other.
      UPSTREAM_HEADERS_TIMEOUT_MS: '600000',
      UPSTREAM_FIRST_TOKEN_TIMEOUT_MS: '600000',
    },
  });
  await insertModel(api.rows, 'm-1', ['groq', 'openai']);
  await api.app.get(CatalogueService).reload();
});
afterAll(async () => {
  await api.close();
  await Promise.all([hole.close(), provider.close(), live.close()]);
});
beforeEach(async () => {
  tenant = await makeCallingTenant(api.rows, 'api-keys');
});

async function save(provider_id: string, base_url: string): Promise<void> {
  const path = `/admin/v1/organizations/${tenant.organizationId}/credentials?verify=false`;
  const body = { provider_id, name: provider_id, secret, base_url };
  expect((await api.operator.post(path, body)).status).toBe(201);
}

const timedOut = { provider: 'groq', status: 504, reason: 'upstream_timeout' };

describe('a provider to which no connection can be made', () => {
  it('is given up after its time, and the next target answers', async () => {
    await save('groq', hole.url);
    await save('openai', provider.url);
    const { status, body } = await callChat(api.url, tenant.key, { model: 'm-1' });
    expect([status, body]).toMatchObject([
      200,
      {
        metadata: {
          used_provider: 'openai',
          routing: { attempts: [timedOut, { provider: 'openai', status: 200, reason: 'ok' }] },
        },
      },
    ]);
  });

  it('is a timeout where there is no other', async () => {
    await save('groq', hole.url);
    expect(verdictOf(await callChat(api.url, tenant.key, { model: 'm-1' }))).toBe(
      '504 upstream_timeout',
    );
  });
});

describe('a call whose time is up in the middle of its stream', () => {
  it('ends with an error in it, for which its provider is not blamed', async () => {
    await save('groq', live.url);
    await save('openai', provider.url);
    const caller = { url: api.url, apiKey: tenant.key };
    const body = chatBody('Hi', { model: 'm-1', stream: true, max_tokens: 10 });
    // One more than a target may fail in a row.
    const texts = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const response = fetchChat(caller, body);
        const request = await live.next();
        request.send(chunkOf({ role: 'assistant', content: 'Once' }));
        return (await response).text();
      }),
    );
    for (const { done, frames } of texts.map(readStream))
      expect([done, expectErrorBody(frames.at(-1) ?? '').code]).toEqual([
        false,
        'upstream_timeout',
      ]);
    const next = callChat(api.url, tenant.key, { model: 'm-1' });
    (await live.next()).answer(200, WHOLE_ANSWER);
    expect(await next).toMatchObject({
      status: 200,
      body: { metadata: { used_provider: 'groq' } },
    });
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toMatch(/^osm_ejections_total 0$/m);
  });
});
