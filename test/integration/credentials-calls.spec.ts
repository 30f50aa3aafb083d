import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import type { ProjectMode } from '../../src/core/principal.js';
import { CatalogueService } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import { startKeyProvider, type KeyProvider, type KeyVerdict } from '../support/key-provider.js';
import { insertModel } from '../support/offer-rows.js';
import { giveCredit } from '../support/tenant.js';

const platformSecret = 'sk-platform-5d1f0a7be9c2-PLAT';
const model = 'm-1';

let api: AdminApi;
let provider: KeyProvider;

beforeAll(async () => {
  provider = await startKeyProvider();
  api = await startAdminApi({
    modules: [AppModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true', TARGET_EJECTION: 'off' },
  });
  await insertModel(api.rows, model, ['openai', 'groq']);
  await insertModel(api.rows, 'own-only', ['mistral']);
  await api.app.get(CatalogueService).reload();
  provider.keys.set(platformSecret, 'good');
  for (const name of ['openai', 'groq']) await save('/admin/v1/credentials', name, platformSecret);
});
afterAll(async () => {
  await api.close();
  await provider.close();
});
beforeEach(() => {
  provider.keys.set(platformSecret, 'good');
  provider.asked.length = 0;
});

let secrets = 0;
/** A key that the provider knows, or does not where no verdict is given; its end is in the answers. */
function secretOf(verdict?: KeyVerdict): string {
  const secret = `sk-own-5d1f0a7be9c2-${1_000 + ++secrets}`;
  if (verdict) provider.keys.set(secret, verdict);
  return secret;
}
const endOf = (secret: string): string => secret.slice(-4);

/** Saves a credential as an operator, untried; gives its path. */
async function save(path: string, name: string, secret: string, more = {}): Promise<string> {
  const body = { provider_id: name, name, secret, base_url: provider.url, ...more };
  const answer = await api.operator.post(`${path}?verify=false`, body);
  expect(answer.status).toBe(201);
  return `${path}/${answer.body.id}`;
}
const own = ({ organizationId }: CallingTenant): string =>
  `/admin/v1/organizations/${organizationId}/credentials`;
const tenantOf = (mode: ProjectMode): Promise<CallingTenant> => makeCallingTenant(api.rows, mode);
const call = ({ key }: CallingTenant, fields = {}, headers = {}): Promise<AdminAnswer> =>
  callChat(api.url, key, { model, ...fields }, headers);
const idOf = ({ id }: { readonly id: string }): string => id;
const contentOf = ({ body }: AdminAnswer): string => body.choices[0].message.content;
/** The keys that were used, by their ends. */
const used = (): string[] => provider.asked.map((line) => line.slice(-4));

describe('mode credits', () => {
  it('uses the platform’s credentials and the wallet, whatever the organization has', async () => {
    const tenant = await tenantOf('credits');
    await save(own(tenant), 'openai', secretOf('good'));
    expect(verdictOf(await call(tenant))).toBe('402 insufficient_credits');
    await giveCredit(api.rows, tenant.organizationId.slice(4), '1');
    const answer = await call(tenant);
    expect([contentOf(answer), answer.body.metadata.charged]).toEqual(['PLAT', true]);
  });
});

describe('mode api-keys', () => {
  it('uses the organization’s own credentials; the wallet is not asked', async () => {
    const tenant = await tenantOf('api-keys');
    const secret = secretOf('good');
    await save(own(tenant), 'openai', secret);
    const answer = await call(tenant);
    expect([answer.status, contentOf(answer)]).toEqual([200, endOf(secret)]);
    expect(answer.body.metadata).toMatchObject({ charged: false, used_provider: 'openai' });
    expect(answer.body.usage.cost_usd_total).toBeGreaterThan(0);
    expect(used()).toEqual([endOf(secret)]);
  });

  it('never uses the platform’s, nor another organization’s', async () => {
    await save(own(await tenantOf('api-keys')), 'openai', secretOf('good'));
    const answer = await call(await tenantOf('api-keys'));
    expect(verdictOf(answer)).toBe('404 no_provider_available');
    expect(provider.asked).toEqual([]);
  });

  it('lists and answers models that only the organization’s own credentials reach', async () => {
    const tenant = await tenantOf('api-keys');
    const secret = secretOf('good');
    await save(own(tenant), 'mistral', secret);
    const models = await api.as(tenant.key).get('/v1/models');
    expect(models.body.data.map(idOf)).toEqual(['own-only']);
    expect(contentOf(await call(tenant, { model: 'own-only' }))).toBe(endOf(secret));
    const others = await api.as((await tenantOf('credits')).key).get('/v1/models');
    expect(others.body.data.map(idOf)).toEqual([model]);
  });
});

describe('mode hybrid', () => {
  it('uses the own credentials where there are some, and the wallet is not asked', async () => {
    const tenant = await tenantOf('hybrid');
    const secret = secretOf('good');
    await save(own(tenant), 'openai', secret);
    const answer = await call(tenant);
    expect([contentOf(answer), answer.body.metadata.charged]).toEqual([endOf(secret), false]);
    // Also where the other provider, of which the organization has no credential, would go first.
    expect(verdictOf(await call(tenant, { model: `groq/${model}` }))).toBe(
      '402 insufficient_credits',
    );
  });

  it('does not go on at the organization’s cost where its own credentials fail', async () => {
    const tenant = await tenantOf('hybrid');
    await giveCredit(api.rows, tenant.organizationId.slice(4), '1');
    await save(own(tenant), 'openai', secretOf());
    expect(verdictOf(await call(tenant))).toBe('502 upstream_auth_failed');
    expect(used()).not.toContain('PLAT');
  });

  it('else uses the platform’s and the wallet', async () => {
    const tenant = await tenantOf('hybrid');
    expect(verdictOf(await call(tenant))).toBe('402 insufficient_credits');
    await giveCredit(api.rows, tenant.organizationId.slice(4), '1');
    const answer = await call(tenant);
    expect([contentOf(answer), answer.body.metadata.charged]).toEqual(['PLAT', true]);
  });
});

describe('of several credentials of one provider', () => {
  it.each([undefined, 'limited'] as const)(
    'the next is tried where the first is refused (%s), by priority and age',
    async (verdict) => {
      const tenant = await tenantOf('api-keys');
      const [first, second, third] = [secretOf(verdict), secretOf(verdict), secretOf('good')];
      await save(own(tenant), 'openai', third, { priority: 5 });
      await save(own(tenant), 'openai', first, { priority: -1 });
      await save(own(tenant), 'openai', second);
      const answer = await call(tenant);
      expect(contentOf(answer)).toBe(endOf(third));
      expect(used()).toEqual([first, second, third].map(endOf));
      expect(answer.body.metadata.routing.attempts).toHaveLength(3);
    },
  );

  it('no other is tried where the provider itself failed: the next provider is', async () => {
    const tenant = await tenantOf('api-keys');
    const [broken, unused, next] = [secretOf('broken'), secretOf('good'), secretOf('good')];
    await save(own(tenant), 'groq', broken);
    await save(own(tenant), 'groq', unused);
    await save(own(tenant), 'openai', next);
    expect(contentOf(await call(tenant))).toBe(endOf(next));
    expect(used()).toEqual([endOf(broken), endOf(next)]);
  });

  it('only the first is tried with X-No-Fallback', async () => {
    const tenant = await tenantOf('api-keys');
    const first = secretOf();
    await save(own(tenant), 'openai', first);
    await save(own(tenant), 'openai', secretOf('good'));
    const answer = await call(tenant, {}, { 'x-no-fallback': '1' });
    expect([verdictOf(answer), used()]).toEqual(['502 upstream_auth_failed', [endOf(first)]]);
  });

  it('a disabled one is not used', async () => {
    const tenant = await tenantOf('api-keys');
    await save(own(tenant), 'openai', secretOf('good'), { status: 'disabled' });
    expect(verdictOf(await call(tenant))).toBe('404 no_provider_available');
  });
});

describe('a refused key', () => {
  it.each([false, true])(
    'of the organization’s own is named as such (stream: %s)',
    async (stream) => {
      const tenant = await tenantOf('api-keys');
      const secret = secretOf();
      await save(own(tenant), 'openai', secret);
      const { status, body } = await call(tenant, { stream });
      expect([status, body.error.message]).toEqual([
        ...[502, "The provider refused your organization's own credentials."],
      ]);
    },
  );

  it('is in no answer, however the provider repeats it', async () => {
    const tenant = await tenantOf('api-keys');
    const limited = secretOf('limited');
    await save(own(tenant), 'openai', limited);
    const { status, body } = await call(tenant);
    expect([status, body.error.message]).toEqual([429, 'Too many requests with [redacted].']);
  });
});

describe('a change', () => {
  it('holds from the next call on: new, replaced, disabled, deleted', async () => {
    const tenant = await tenantOf('api-keys');
    expect(verdictOf(await call(tenant))).toBe('404 no_provider_available');
    const [first, second] = [secretOf('good'), secretOf('good')];
    const path = await save(own(tenant), 'openai', first);
    expect(contentOf(await call(tenant))).toBe(endOf(first));
    await api.operator.patch(`${path}?verify=false`, { secret: second });
    expect(contentOf(await call(tenant))).toBe(endOf(second));
    await api.operator.patch(path, { status: 'disabled' });
    expect(verdictOf(await call(tenant))).toBe('404 no_provider_available');
    await api.operator.patch(path, { status: 'active' });
    expect(contentOf(await call(tenant))).toBe(endOf(second));
    await api.operator.delete(path);
    expect(verdictOf(await call(tenant))).toBe('404 no_provider_available');
  });
});
