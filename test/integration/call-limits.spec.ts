import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import {
  chunkOf,
  startLiveProvider,
  WHOLE_ANSWER,
  type LiveProvider,
} from '../support/live-provider.js';
import { insertModel } from '../support/offer-rows.js';

const perOrganization = 3;
const perProvider = 4;

let api: AdminApi;
let provider: LiveProvider;

beforeAll(async () => {
  provider = await startLiveProvider();
  api = await startAdminApi({
    modules: [AppModule],
    environment: {
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      MAX_CALLS_PER_ORGANIZATION: String(perOrganization),
      MAX_CALLS_PER_PROVIDER: String(perProvider),
    },
  });
  await insertModel(api.rows, 'm-1', ['groq', 'openai', 'mistral']);
  await api.app.get(CatalogueService).reload();
});
afterAll(async () => {
  await api.close();
  await provider.close();
});
afterEach(() => provider.always(undefined));

/** A tenant with keys of its own, all at the provider of this test. */
async function tenantAt(...providers: string[]): Promise<CallingTenant> {
  const tenant = await makeCallingTenant(api.rows, 'api-keys');
  const path = `/admin/v1/organizations/${tenant.organizationId}/credentials?verify=false`;
  for (const name of providers) {
    const body = { provider_id: name, name, secret: `sk-${name}-5d1f0a7b`, base_url: provider.url };
    expect((await api.operator.post(path, body)).status).toBe(201);
  }
  return tenant;
}
const call = ({ key }: CallingTenant): Promise<AdminAnswer> =>
  callChat(api.url, key, { model: 'm-1' });

describe('calls at a time', () => {
  it('are so many of an organization, and as many of another', async () => {
    const [tenant, other] = [await tenantAt('groq'), await tenantAt('openai')];
    const running = Array.from({ length: perOrganization }, () => call(tenant));
    const held = [await provider.next(), await provider.next(), await provider.next()];
    const refused = await call(tenant);
    expect(verdictOf(refused)).toBe('429 rate_limit_exceeded');
    expect(refused.headers.get('retry-after')).toBe('1');
    const another = call(other);
    (await provider.next()).answer(200, WHOLE_ANSWER);
    expect((await another).status).toBe(200);
    for (const request of held) request.answer(200, WHOLE_ANSWER);
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(200);
    const next = call(tenant);
    (await provider.next()).answer(200, WHOLE_ANSWER);
    expect((await next).status).toBe(200);
  });

  it('are so many at a provider; more go to another one, or are refused', async () => {
    const [first, second, third] = [
      await tenantAt('groq'),
      await tenantAt('groq', 'mistral'),
      await tenantAt('groq'),
    ];
    const running = [call(first), call(first), call(first), call(second)];
    const held = [];
    for (const _one of running) held.push(await provider.next());
    const elsewhere = call(second);
    (await provider.next()).answer(200, WHOLE_ANSWER);
    expect((await elsewhere).body.metadata.used_provider).toBe('mistral');
    const refused = await call(third);
    expect(verdictOf(refused)).toBe('503 overloaded');
    expect(refused.headers.get('retry-after')).toBe('1');
    for (const request of held) request.answer(200, WHOLE_ANSWER);
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(200);
    const again = call(third);
    (await provider.next()).answer(200, WHOLE_ANSWER);
    expect((await again).status).toBe(200);
  });
});

describe('a provider that fails every call', () => {
  it('is asked the same again for a tenth of the calls at most', async () => {
    provider.always([500, { error: { message: 'out of order' } }]);
    const tenant = await tenantAt('openai');
    const before = provider.count;
    const calls = 60;
    const attempts: number[] = [];
    for (let at = 0; at < calls; at++) {
      const answer = await call(tenant);
      expect(verdictOf(answer)).toBe('502 upstream_error');
      attempts.push(answer.headers.get('x-should-retry') === 'false' ? 2 : 1);
    }
    const seen = provider.count - before;
    expect(seen).toBeGreaterThan(calls);
    expect(seen).toBeLessThanOrEqual(calls * 1.1);
    expect(attempts).toContain(2);
  });

  it('is asked once with X-No-Fallback', async () => {
    const tenant = await tenantAt('mistral');
    provider.always([200, WHOLE_ANSWER]);
    for (let at = 0; at < 12; at++) expect((await call(tenant)).status).toBe(200);
    provider.always([500, {}]);
    const before = provider.count;
    const headers = { 'x-no-fallback': '1' };
    const alone = await callChat(api.url, tenant.key, { model: 'm-1' }, headers);
    expect([verdictOf(alone), provider.count - before]).toEqual(['502 upstream_error', 1]);
    expect([verdictOf(await call(tenant)), provider.count - before]).toEqual([
      '502 upstream_error',
      3,
    ]);
  });

  it('answers after all where the failure has passed', async () => {
    const tenant = await tenantAt('groq');
    provider.always([200, WHOLE_ANSWER]);
    for (let at = 0; at < 12; at++) await call(tenant);
    provider.always(undefined);
    const answer = call(tenant);
    (await provider.next()).answer(500, {});
    (await provider.next()).answer(200, WHOLE_ANSWER);
    expect((await answer).body.metadata.routing.attempts).toEqual([
      { provider: 'groq', status: 502, reason: 'upstream_error' },
      { provider: 'groq', status: 200, reason: 'ok' },
    ]);
  });

  it('is left when it streams and streams without content', async () => {
    const tenant = await tenantAt('groq');
    const fields = { model: 'm-1', stream: true };
    const answer = callChat(api.url, tenant.key, fields, { 'x-no-fallback': '1' });
    const request = await provider.next();
    let isLeft = false;
    void request.broken.then(() => (isLeft = true));
    while (!isLeft) {
      request.send(chunkOf({ role: 'assistant' }), chunkOf({ content: '' }));
      await setImmediate();
    }
    expect(verdictOf(await answer)).toBe('502 upstream_error');
  });
});
