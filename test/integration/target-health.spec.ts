import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AppModule } from '../../src/app.module.js';
import { CatalogueService } from '../../src/providers/index.js';
import { HEALTH_CLOCK } from '../../src/providers/routing/health/target-health.service.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import { verdictOf, type AdminAnswer } from '../support/admin-caller.js';
import { callChat, makeCallingTenant, type CallingTenant } from '../support/calling-tenant.js';
import { startKeyProvider, type KeyProvider, type KeyVerdict } from '../support/key-provider.js';
import { insertModel } from '../support/offer-rows.js';

/** The moment for the health of targets, ms. */
let now = 0;

/** Puts the clock of the test in place of the process's. */
const clock = {
  module: class {
    readonly name = 'clock';
  },
  global: true,
  providers: [{ provide: HEALTH_CLOCK, useValue: () => now }],
  exports: [HEALTH_CLOCK],
};

let api: AdminApi;
let provider: KeyProvider;
let secrets = 0;

beforeAll(async () => {
  provider = await startKeyProvider();
  api = await startAdminApi({
    modules: [AppModule],
    more: [clock],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  });
  for (const model of ['m-1', 'm-2']) await insertModel(api.rows, model, ['groq', 'openai']);
  await api.app.get(CatalogueService).reload();
});
afterAll(async () => {
  await api.close();
  await provider.close();
});
afterEach(() => {
  provider.asked.length = 0;
});

/** A tenant with keys of its own: of groq, which goes first, and of openai. Gives their ends. */
async function tenantWith(
  first: KeyVerdict,
  second?: KeyVerdict,
): Promise<{ tenant: CallingTenant; groq: string; openai: string }> {
  const tenant = await makeCallingTenant(api.rows, 'api-keys');
  const groq = await save(tenant, 'groq', first);
  const openai = second ? await save(tenant, 'openai', second) : '';
  return { tenant, groq, openai };
}

async function save(tenant: CallingTenant, name: string, verdict: KeyVerdict): Promise<string> {
  const secret = `sk-own-5d1f0a7be9c2-${1_000 + ++secrets}`;
  provider.keys.set(secret, verdict);
  const path = `/admin/v1/organizations/${tenant.organizationId}/credentials?verify=false`;
  const body = { provider_id: name, name, secret, base_url: provider.url };
  expect((await api.operator.post(path, body)).status).toBe(201);
  return secret;
}

const call = ({ key }: CallingTenant, model = 'm-1'): Promise<AdminAnswer> =>
  callChat(api.url, key, { model });
async function callTimes(tenant: CallingTenant, count: number, model?: string): Promise<void> {
  for (let at = 0; at < count; at++) expect((await call(tenant, model)).status).toBe(200);
}
/** How often a key was used. */
const uses = (secret: string): number =>
  provider.asked.filter((line) => line.endsWith(secret)).length;

describe('a target that keeps failing', () => {
  it('is left out after five failures, asked once when its time is up, and serves again', async () => {
    const { tenant, groq, openai } = await tenantWith('broken', 'good');
    await callTimes(tenant, 8);
    expect([uses(groq), uses(openai)]).toEqual([5, 8]);
    now += 15_000;
    await callTimes(tenant, 3);
    expect([uses(groq), uses(openai)]).toEqual([6, 11]);
    provider.keys.set(groq, 'good');
    now += 29_999;
    await callTimes(tenant, 1);
    expect(uses(groq)).toBe(6);
    now += 1;
    await callTimes(tenant, 3);
    expect([uses(groq), uses(openai)]).toEqual([9, 12]);
  });

  it('is given one probe, however many ask', async () => {
    const { tenant, groq } = await tenantWith('broken', 'good');
    await callTimes(tenant, 5);
    now += 15_000;
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(tenant)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(uses(groq)).toBe(6);
  });

  it('is left out with this key and this model alone', async () => {
    const { tenant, groq } = await tenantWith('broken', 'good');
    await callTimes(tenant, 6);
    await callTimes(tenant, 1, 'm-2');
    expect(uses(groq)).toBe(6);
    const other = await tenantWith('broken', 'good');
    await callTimes(other.tenant, 1);
    expect(uses(other.groq)).toBe(1);
  });

  it('is asked all the same where it is the last one', async () => {
    const { tenant, groq } = await tenantWith('broken');
    for (let at = 0; at < 8; at++) expect(verdictOf(await call(tenant))).toBe('502 upstream_error');
    expect(uses(groq)).toBeGreaterThanOrEqual(8);
    provider.keys.set(groq, 'good');
    await callTimes(tenant, 1);
  });

  it('is told by the metrics', async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toMatch(/^osm_targets_ejected [1-9]/m);
    expect(text).toMatch(/^osm_ejections_total [1-9]/m);
    expect(text).toMatch(/^osm_upstream_calls_running 0$/m);
  });
});

describe('a key that was told to slow down', () => {
  it('rests for all models, until its time is up', async () => {
    const { tenant, groq, openai } = await tenantWith('limited', 'good');
    await callTimes(tenant, 2);
    await callTimes(tenant, 2, 'm-2');
    expect([uses(groq), uses(openai)]).toEqual([1, 4]);
    now += 1_000;
    await callTimes(tenant, 1);
    expect(uses(groq)).toBe(2);
  });
});
