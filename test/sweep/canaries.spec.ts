import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ROUTES } from '../../src/tenants/access/route-table.js';
import { formatKey } from '../../src/platform/secrets/key-ring.js';
import { createKey } from '../../src/tenants/keys/key-format.js';
import { makeOrganization } from '../support/admin.js';
import { AdminClient } from '../support/admin-caller.js';
import { callChat } from '../support/calling-tenant.js';
import { chatBody, postChat } from '../support/chat-client.js';
import { secretBox } from '../support/credential-rows.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { startKeyProvider, type KeyProvider } from '../support/key-provider.js';
import { until, type Rows } from '../support/tenant.js';
import { samplesOf } from './samples/index.js';
import { formsOf, leaksIn, type Canary } from './stage/canary.js';
import { everyFile, everyTable } from './stage/places.js';
import { requestOf, sendRaw, walkOrder, pathOf, type SweepAnswer } from './stage/request.js';
import { routesOfTable } from './stage/surface.js';
import { makeThings, type Stage, type Things } from './stage/things.js';

jest.setTimeout(180_000);

const random = (): string => randomBytes(18).toString('base64url');
const keyBytes = randomBytes(32);
const SECRETS = {
  provider: `sk-${random()}`,
  broken: `sk-${random()}`,
  admin: `operator-${random()}-${random()}`,
  metrics: `metrics-${random()}`,
  prompt: `marker ${random()}`,
};

let gateway: TestGateway;
let provider: KeyProvider;
let rows: Rows;
let stage: Stage;
let things: Things;
let canaries: readonly Canary[];
/** Everything that anybody was answered, but for keys and tokens where they are made. */
const answers: string[] = [];

beforeAll(async () => {
  provider = await startKeyProvider();
  provider.keys.set(SECRETS.provider, 'good').set(SECRETS.broken, 'good');
  const KEY_ENCRYPTION_KEYS = formatKey('k1', keyBytes);
  const { admin: ADMIN_TOKEN, metrics: METRICS_TOKEN } = SECRETS;
  gateway = await prepareGateway({
    environment: {
      KEY_ENCRYPTION_KEYS,
      METRICS_TOKEN,
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      LOG_LEVEL: 'trace',
      TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  // The seed makes no operator where there is this one.
  await Promise.all([gateway.startMain({ ADMIN_TOKEN }), gateway.startWorker()]);
  rows = {
    query: async (sql, values = []) =>
      (await gateway.database.query<Record<string, unknown>>(sql, [...values])).rows,
    close: async () => undefined,
  };
  stage = {
    rows,
    box: secretBox(KEY_ENCRYPTION_KEYS),
    operator: new AdminClient(gateway.url, ADMIN_TOKEN),
    as: (token) => new AdminClient(gateway.url, token),
    makeOrganization: () => makeOrganization(gateway.url, rows),
    provider: { url: provider.url, secret: SECRETS.provider },
  };
  things = await makeThings(stage);
  canaries = planted();
  await makeTraffic();
});
afterAll(async () => {
  await gateway.stop();
  await provider.close();
});

function planted(): Canary[] {
  return [
    { name: 'provider key', secret: SECRETS.provider },
    { name: 'refused provider key', secret: SECRETS.broken },
    { name: 'ADMIN_TOKEN', secret: SECRETS.admin },
    { name: 'METRICS_TOKEN', secret: SECRETS.metrics },
    { name: 'admin token', secret: things.organization.members.owner.token, shown: 15 },
    { name: 'API key', secret: things.makerKey, shown: 12 },
    { name: 'first API key', secret: gateway.apiKey, shown: 12 },
    { name: 'first admin token', secret: gateway.adminToken, shown: 15 },
    { name: 'key-encryption key', secret: keyBytes.toString('base64') },
    { name: 'bytes of the key-encryption key', secret: keyBytes.toString('latin1') },
    { name: 'prompt', secret: SECRETS.prompt },
  ];
}

function keep({ text }: SweepAnswer): void {
  answers.push(text.replaceAll(/"(key|token)":"osm(adm)?_\w+"/g, ''));
}

/** Whatever the gateway can be asked, well and badly. */
async function makeTraffic(): Promise<void> {
  await walk(stage.operator, await makeThings(stage));
  const walked = await makeThings(stage);
  await walk(walked.organization.as('owner'), walked);
  await askBadly();
  await call();
}

async function walk(client: AdminClient, walked: Things): Promise<void> {
  for (const route of walkOrder(routesOfTable()))
    for (const sample of samplesOf(route.name, walked)) {
      const path = pathOf(requestOf(route, sample, walked));
      // The second answer is the one that was stored.
      const headers = { 'idempotency-key': random() };
      const times = route.method === 'GET' ? 1 : 2;
      for (let time = 0; time < times; time++)
        keep(await sendRaw(client, route.method, path, sample.body, headers));
    }
}

/** Secrets where they do not belong, and requests that fail with secrets in them. */
async function askBadly(): Promise<void> {
  const { path } = things.organization;
  const owner = things.organization.as('owner');
  const good = {
    provider_id: 'openai',
    name: 'Bad',
    secret: SECRETS.broken,
    base_url: provider.url,
  };
  for (const more of [
    { secret: [SECRETS.provider] },
    { secret: `${SECRETS.provider}\n` },
    { provider_id: SECRETS.provider },
    { settings: { organization: SECRETS.provider, unknown: SECRETS.provider } },
    { base_url: `${provider.url}/${'x'.repeat(20)}` },
    { name: 1 },
  ])
    keep(await sendRaw(owner, 'POST', `${path}/credentials`, { ...good, ...more }));
  provider.keys.delete(SECRETS.broken);
  keep(await sendRaw(owner, 'POST', `${path}/credentials`, good));
  for (const verdict of ['limited', 'broken'] as const) {
    provider.keys.set(SECRETS.broken, verdict);
    keep(await sendRaw(owner, 'POST', `${path}/credentials`, { ...good, name: verdict }));
  }
  for (const { secret } of canaries.slice(0, 8)) {
    const carriers: readonly Readonly<Record<string, string>>[] = [
      { authorization: `Bearer ${secret}x` },
      { authorization: secret },
      { authorization: `Basic ${secret}` },
      { 'x-api-key': `${secret}x` },
      { 'idempotency-key': secret },
    ];
    for (const headers of carriers)
      keep(await sendRaw(stage.as(undefined), 'GET', '/admin/v1/me', undefined, headers));
    const response = await fetch(`${gateway.url}${path}/credentials`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${things.organization.members.owner.token}`,
        'content-type': 'application/json',
      },
      body: `{"secret":"${secret}"`,
    });
    answers.push(await response.text());
  }
}

/** Calls with the marker in their prompts, by good and bad keys of the provider, and on the platform's credit. */
async function call(): Promise<void> {
  const { organization, makerKey, ids } = things;
  const headers = { 'x-forwarded-for': '10.1.1.1' };
  await stage.operator.patch(organization.path, { retention: 'full' });
  await stage.operator.patch(`${organization.path}/projects/${ids['project_id'] ?? ''}`, {
    mode: 'api-keys',
  });
  const content = `Say it: ${SECRETS.prompt}`;
  const messages = [{ role: 'user', content }];
  for (const verdict of ['good', 'broken', 'limited', undefined] as const) {
    if (verdict === undefined) provider.keys.delete(SECRETS.provider);
    else provider.keys.set(SECRETS.provider, verdict);
    for (const more of [{}, { stream: true }, { temperature: 'hot' }]) {
      const body = { model: 'openai/gpt-4o', messages, ...more };
      keep(await sendRaw(stage.as(makerKey), 'POST', '/v1/chat/completions', body, headers));
    }
  }
  const own = { url: gateway.url, apiKey: gateway.apiKey };
  for (const stream of [false, true])
    await postChat(own, chatBody(`${content} [[tokens=3]]`, { stream }));
  for (const model of ['nothing', 'openai/gpt-4o'])
    await callChat(gateway.url, createKey('osm_').key, { model, messages });
  // One of each was there before.
  for (const table of ['usage_event', 'request_log', 'request_body'])
    await until(() => hasSeveral(table, organization.id), `a further row of ${table}`);
}

async function hasSeveral(table: string, organizationId: string): Promise<boolean> {
  const sql = `SELECT FROM ${table} WHERE organization_id = $1`;
  return (await rows.query(sql, [organizationId])).length > 1;
}

describe('after traffic over every route, no planted secret', () => {
  it('can hide from the search', () => {
    for (const canary of canaries)
      for (const form of formsOf(canary))
        expect(leaksIn('x', `before ${form} after`, [canary])).toHaveLength(1);
    expect(
      leaksIn('x', Buffer.from(`ab${SECRETS.prompt}cd`).toString('base64'), canaries),
    ).toHaveLength(1);
    expect(Object.keys(ROUTES).length).toBe(routesOfTable().length);
  });

  it('is in any answer', () => {
    expect(answers.length).toBeGreaterThan(200);
    expect(answers.some((text) => text.includes('[redacted]'))).toBe(true);
    // A marker is what its owner may read.
    expect(leaksIn('answers', answers.join('\n'), canaries)).toEqual([]);
  });

  it('is in any table, the queue’s included', async () => {
    const tables = await everyTable(rows);
    expect([...tables.keys()].some((name) => name.startsWith('bullmq.'))).toBe(true);
    expect(tables.get('public.api_key')).toContain(things.makerKey.slice(0, 12));
    for (const [name, text] of tables) expect(leaksIn(name, text, canaries)).toEqual([]);
  });

  it('is in any log line, at the finest level', () => {
    expect(gateway.logs().length).toBeGreaterThan(0);
    expect(leaksIn('the log', gateway.logs(), canaries)).toEqual([]);
  });

  it('is in any file: journals, marks', () => {
    const files = everyFile(gateway.environment['DATA_DIR'] ?? '');
    expect([...files.values()].join('')).toContain(things.organization.id);
    for (const [name, text] of files) expect(leaksIn(name, text, canaries)).toEqual([]);
  });

  it('is in the metrics', async () => {
    const response = await fetch(`${gateway.url}/metrics`);
    const text = await response.text();
    expect([response.status, text.includes('osm_')]).toEqual([200, true]);
    expect(leaksIn('metrics', text, canaries)).toEqual([]);
  });
});
