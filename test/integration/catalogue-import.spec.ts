import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatUsd } from '../../src/core/money.js';
import { Environment } from '../../src/platform/env.js';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { CatalogueSeedService } from '../../src/providers/catalogue/catalogue-seed.service.js';
import { CatalogueService } from '../../src/providers/catalogue/catalogue.service.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi } from '../support/admin.js';
import type { AdminAnswer } from '../support/admin-caller.js';
import { nativeCatalogue } from '../support/native-catalogue.js';
import { until } from '../support/tenant.js';

const PLANS = '/admin/v1/catalogue/plans';
const REVISIONS = '/admin/v1/catalogue/revisions';
const SCHEDULED = '/admin/v1/catalogue/scheduled-prices';

let api: AdminApi;
let catalogue: CatalogueService;
let server: Server;
let address: string;
let served = { status: 200, text: '' };

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(served.status).end(served.text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api.json`;
  api = await startAdminApi({
    more: [HealthModule, ProvidersModule],
    environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  });
  const environment = Object.assign(new Environment(), { DATABASE_URL: api.databaseUrl });
  const prisma = new PrismaService(environment);
  await new CatalogueSeedService(prisma).seed();
  await prisma.$disconnect();
  catalogue = api.app.get(CatalogueService);
  await until(() => Promise.resolve(catalogue.snapshot().models().length > 500));
}, 60_000);
afterAll(async () => {
  await api.close();
  server.close();
});

/** The price of input of an offer at a time. */
function inputPrice(offerId: string, at = Date.now()): string | undefined {
  const offer = catalogue.snapshot().offerById(offerId);
  const version = offer && catalogue.snapshot().priceAt(offer, at);
  const component = version?.components.find(
    ({ meter, conditions }) => meter === 'input' && Object.keys(conditions).length === 0,
  );
  return component && formatUsd(component.price);
}

const costs = (prices: object): string => JSON.stringify({ openai: { models: prices } });
const planOf = (content: string, more: object = {}): Promise<AdminAnswer> =>
  api.operator.post(PLANS, { format: 'models.dev', content, ...more });
const apply = (plan: unknown, more: object = {}, headers = {}): Promise<AdminAnswer> =>
  api.operator.post(REVISIONS, { plan, ...more }, headers);

describe('an import', () => {
  it('of the whole catalogue again changes nothing', async () => {
    const { status, body } = await planOf(nativeCatalogue(), { format: 'native' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ models: [], aliases: [], offers: [], prices: [], unmatched: [] });
    const before = catalogue.revision();
    expect((await apply(body)).body).toMatchObject({ revision: before, prices: 0 });
  });

  it('is applied once: calls from then on have the new price, history has the old one', async () => {
    const before = Date.now() - 1;
    const { body: plan } = await planOf(costs({ 'gpt-4o': { cost: { input: 2.4 } } }));
    expect(plan.prices).toMatchObject([{ offer_id: 'openai/gpt-4o', held: [] }]);
    const key = { 'idempotency-key': 'import-1' };
    const first = await apply(plan, {}, key);
    expect([first.status, first.body.prices]).toEqual([201, 1]);
    expect([inputPrice('openai/gpt-4o'), inputPrice('openai/gpt-4o', before)]).toEqual([
      '2.4',
      '2.5',
    ]);
    expect((await apply(plan, {}, key)).body).toEqual(first.body);
    const again = await apply(plan);
    expect(again.status).toBe(409);
    expect(again.body.error.message).toContain(`is at revision ${first.body.revision}`);
    const { body: revisions } = await api.operator.get(`${REVISIONS}?limit=1`);
    expect(revisions.data).toMatchObject([
      { number: first.body.revision, origin: 'import', plan_id: plan.id, prices: 1 },
    ]);
  });

  it('does not apply what looks wrong until it is confirmed', async () => {
    const text = costs({
      'gpt-4o': { cost: { input: 2.45 } },
      'gpt-4o-mini': { cost: { input: 15 } },
    });
    const { body: plan } = await planOf(text);
    expect(plan.prices.map(({ held }: { held: string[] }) => held.length)).toEqual([0, 1]);
    const applied = await apply(plan);
    expect(applied.body).toMatchObject({ prices: 1, held: ['openai/gpt-4o-mini'] });
    expect([inputPrice('openai/gpt-4o'), inputPrice('openai/gpt-4o-mini')]).toEqual([
      '2.45',
      '0.15',
    ]);
    const { body: rest } = await planOf(text);
    expect((await apply(rest)).status).toBe(409);
    expect((await apply(rest, { confirm: ['openai/gpt-4o-mini'] })).body.prices).toBe(1);
    expect(inputPrice('openai/gpt-4o-mini')).toBe('15');
  });

  it('takes no plan that was edited', async () => {
    const { body: plan } = await planOf(costs({ 'gpt-4o': { cost: { input: 2.46 } } }));
    const edited = JSON.parse(JSON.stringify(plan).replace('"2.46"', '"0.01"')) as unknown;
    const answer = await apply(edited);
    expect([answer.status, answer.body.error.param]).toEqual([400, 'plan']);
    expect(inputPrice('openai/gpt-4o')).toBe('2.45');
  });

  it('says what is wrong with a source, and where', async () => {
    const answer = await planOf(costs({ 'gpt-4o': { cost: { input: -1 } } }));
    expect([answer.status, answer.body.error.param, answer.body.error.message]).toEqual([
      400,
      'content',
      'openai/gpt-4o.cost.input is negative: -1.',
    ]);
  });

  it('gets its source from an address', async () => {
    served = { status: 200, text: costs({ 'gpt-4o': { cost: { input: 2.47 } } }) };
    const order = { format: 'models.dev', source_url: address };
    const { body } = await api.operator.post(PLANS, order);
    expect(body.prices).toHaveLength(1);
    served = { status: 302, text: '' };
    const moved = await api.operator.post(PLANS, order);
    expect([moved.status, moved.body.error.message]).toEqual([
      400,
      'source_url answers with status 302.',
    ]);
    const closed = await api.operator.post(PLANS, { ...order, source_url: 'http://127.0.0.1:1/' });
    expect([closed.status, closed.body.error.param]).toEqual([400, 'source_url']);
  });
});

describe('a scheduled price', () => {
  const later = '2100-01-01T00:00:00.000Z';
  const then = Date.parse(later) + 1_000;
  const order = { effective_at: later };
  const text = costs({ 'gpt-4.1': { cost: { input: 2.1 } } });

  it('holds from its day on, and not before', async () => {
    const { body: plan } = await planOf(text, order);
    expect(plan.prices).toMatchObject([{ offer_id: 'openai/gpt-4.1', valid_from: later }]);
    await apply(plan);
    expect([inputPrice('openai/gpt-4.1'), inputPrice('openai/gpt-4.1', then)]).toEqual([
      '2',
      '2.1',
    ]);
    expect((await planOf(text, order)).body.prices).toEqual([]);
  });

  it('is called off before its day, and can be announced again', async () => {
    const { body: list } = await api.operator.get(`${SCHEDULED}?limit=200`);
    const [scheduled] = list.data.filter(
      ({ valid_from }: { valid_from: string }) => valid_from === later,
    );
    expect(scheduled).toMatchObject({ object: 'scheduled_price', offer_id: 'openai/gpt-4.1' });
    const cancelled = await api.operator.delete(`${SCHEDULED}/${scheduled.id}`);
    expect(cancelled.body).toEqual({ object: 'scheduled_price', id: scheduled.id, deleted: true });
    expect(inputPrice('openai/gpt-4.1', then)).toBe('2');
    expect((await api.operator.delete(`${SCHEDULED}/${scheduled.id}`)).status).toBe(404);
    await apply((await planOf(text, order)).body);
    expect(inputPrice('openai/gpt-4.1', then)).toBe('2.1');
  });

  it('cannot be called off once it holds', async () => {
    const [row] = await api.rows.query(
      `SELECT id FROM price_version WHERE offer_id = 'openai/gpt-4.1' AND valid_from < now()`,
    );
    const id = String(row?.['id']);
    expect((await api.operator.delete(`${SCHEDULED}/${id}`)).status).toBe(409);
    const insert = 'INSERT INTO price_cancellation (price_version_id) VALUES ($1)';
    await expect(api.rows.query(insert, [id])).rejects.toThrow('is valid already');
  });
});

it('a revision of another process is read at once', async () => {
  await api.rows.query(`UPDATE model SET name = 'By another process' WHERE id = 'gpt-4o'`);
  await api.rows.query(`INSERT INTO catalogue_revision (origin, source) VALUES ('import', 'test')`);
  await until(() =>
    Promise.resolve(catalogue.snapshot().findModel('gpt-4o')?.name === 'By another process'),
  );
  expect(catalogue.snapshot().findModel('gpt-4o')?.name).toBe('By another process');
});
