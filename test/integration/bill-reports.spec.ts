import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { BillDayService } from '../../src/billing/reconciliation/bill/bill-day.service.js';
import { BillReconciliationService } from '../../src/billing/reconciliation/bill/bill-reconciliation.service.js';
import { BillReportClient } from '../../src/billing/reconciliation/bill/bill-report.client.js';
import { ReportDownloadClient } from '../../src/billing/reconciliation/bill/report-download.client.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { anthropicCosts, BILLED_DAY_S, openAiCosts } from '../support/cost-reports.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { chargeOf, closeOf } from '../support/journal.js';
import { insertModel } from '../support/offer-rows.js';
import { connectAsGateway } from '../support/quotas.js';
import type { Rows } from '../support/tenant.js';

/** Noon of the day after the reported week. */
const NOW = new Date('2026-01-09T12:00:00Z');

/** The reports of both providers, page by page, on loopback. */
let provider: Server;
/** What is asked → the answer; a text is sent as it is. */
let pages: Map<string, object | string>;
let asked: { path: string; query: URLSearchParams; headers: Record<string, unknown> }[];

let database: TestDatabase;
let rows: Rows;
let service: DatabaseService;
let downloads: ReportDownloadClient;
let days: BillDayService;

beforeAll(async () => {
  for (const level of ['error', 'warn'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  provider = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://provider');
    asked.push({ path: pathname, query: searchParams, headers: request.headers });
    const page = pages.get(`${pathname}#${searchParams.get('page') ?? ''}`);
    if (page === 'elsewhere') response.writeHead(302, { location: '/elsewhere' });
    else response.writeHead(page === undefined ? 500 : 200, { 'content-type': 'application/json' });
    response.end(typeof page === 'string' ? page : JSON.stringify(page ?? {}));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const { port } = provider.address() as AddressInfo;
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
  await insertModel(rows, 'gpt-4o', ['openai']);
  await insertModel(rows, 'claude-x', ['anthropic']);
  const environment = Object.assign(new Environment(), {
    DATABASE_URL: database.appUrl,
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    OPENAI_ADMIN_KEY: 'sk-admin-openai',
    OPENAI_ADMIN_BASE_URL: `http://127.0.0.1:${port}/v1`,
    ANTHROPIC_ADMIN_KEY: 'sk-admin-anthropic',
    ANTHROPIC_ADMIN_BASE_URL: `http://127.0.0.1:${port}/v1`,
  });
  service = new DatabaseService(environment);
  downloads = new ReportDownloadClient(environment);
  const reports = new BillReportClient(environment, downloads);
  days = new BillDayService(service, reports, new BillReconciliationService());
});
afterAll(async () => {
  await downloads.onApplicationShutdown();
  await service.onApplicationShutdown();
  await rows.close();
  await database.drop();
  provider.closeAllConnections();
  provider.close();
  jest.restoreAllMocks();
});
beforeEach(() => {
  asked = [];
  pages = new Map<string, object | string>([
    [OPENAI, openAiCosts([], null)],
    [ANTHROPIC, anthropicCosts([], null)],
  ]);
});

const OPENAI = '/v1/organization/costs#';
const ANTHROPIC = '/v1/organizations/cost_report#';

/** [model, amount] of what is billed by a provider for the day. */
async function billed(providerId: string): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT model_id, trim_scale(amount)::text AS amount FROM bill_line WHERE provider_id = $1 AND amount <> 0 ORDER BY 1`,
    [providerId],
  );
  return found.map((row) => Object.values(row));
}

/** What stands in suspense and what the latest bill has for the day, by model. */
async function standing(providerId: string): Promise<Record<string, unknown[]>> {
  const found = await rows.query(
    `SELECT model_id, trim_scale(l.amount)::text AS billed, coalesce(trim_scale(s.amount), 0)::text AS suspense
     FROM bill_line AS l LEFT JOIN suspense_items() AS s ON source = provider_id || '/' || day || '/' || model_id
     WHERE provider_id = $1 AND day = '2026-01-02'`,
    [providerId],
  );
  return Object.fromEntries(
    found.map(({ model_id: model, billed: by, suspense }) => [model, [by, suspense]]),
  );
}

/** Books a call of this much on the day. */
async function book(call: string, amount: string, provider: string, model: string): Promise<void> {
  const priced = { offer: `${provider}/${model}`, upstreamModel: model, priceVersion: 'v' };
  const close = closeOf(call, amount, {
    charge: chargeOf(amount),
    served: { provider, model, ...priced },
  });
  await rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify([close])]);
}

const books = () =>
  rows.query(`SELECT transaction_id, line, account, amount::text FROM posting ORDER BY 1, 2`);

describe('the reports of a day', () => {
  it('are read to their last page, exactly, also what is for no model and what is credited', async () => {
    pages.set(
      OPENAI,
      openAiCosts(
        [
          ['gpt-4o-2024-08-06, input', 0.1],
          ['gpt-4o-2024-08-06, output', '0.2'],
        ],
        'p2',
      ),
    );
    pages.set(`${OPENAI}p2`, openAiCosts([['gpt-4o, cached input', 1e-7]], 'p3'));
    pages.set(
      `${OPENAI}p3`,
      openAiCosts(
        [
          ['web search', 0.5],
          [null, -0.75],
        ],
        null,
      ),
    );
    pages.set(ANTHROPIC, anthropicCosts([['claude-x-20250514', '12.345']], 'next'));
    pages.set(`${ANTHROPIC}next`, anthropicCosts([[null, '1']], null));
    await days.run(NOW);
    expect(await billed('openai')).toEqual([
      ['', '-0.25'],
      ['gpt-4o', '0.3000001'],
    ]);
    expect(await billed('anthropic')).toEqual([
      ['', '0.01'],
      ['claude-x', '0.12345'],
    ]);
    const before = await books();
    await days.run(NOW);
    expect(await books()).toEqual(before);
  });

  it('are compared with the books also where they bill a day at nothing', async () => {
    await book('unbilled_openai', '12', 'openai', 'gpt-4o');
    await book('unbilled_anthropic', '3', 'anthropic', 'claude-x');
    pages.set(OPENAI, openAiCosts([], 'p2'));
    pages.set(`${OPENAI}p2`, { data: [], has_more: false });
    await days.run(NOW);
    expect(await standing('openai')).toMatchObject({ 'gpt-4o': ['0', '-12'] });
    expect(await standing('anthropic')).toMatchObject({ 'claude-x': ['0', '-3'] });
    const before = await books();
    await days.run(NOW);
    expect(await books()).toEqual(before);
  });

  it('take a day back that they billed before', async () => {
    pages.set(ANTHROPIC, anthropicCosts([['claude-y', '500']], null));
    await insertModel(rows, 'claude-y', ['anthropic']);
    await days.run(NOW);
    expect(await standing('anthropic')).toMatchObject({ 'claude-y': ['5', '5'] });
    pages.set(ANTHROPIC, anthropicCosts([], null));
    await days.run(NOW);
    expect(await standing('anthropic')).toMatchObject({ 'claude-y': ['0', '0'] });
  });

  it('are asked for with the administrator’s key, for the last seven whole days', async () => {
    await days.run(NOW);
    const [first, second] = asked;
    expect(first).toMatchObject({
      path: '/v1/organization/costs',
      headers: { authorization: 'Bearer sk-admin-openai' },
    });
    expect(Object.fromEntries(first?.query ?? [])).toEqual({
      start_time: String(BILLED_DAY_S),
      end_time: String(Date.UTC(2026, 0, 9) / 1_000),
      group_by: 'line_item',
    });
    expect(second).toMatchObject({
      path: '/v1/organizations/cost_report',
      headers: { 'x-api-key': 'sk-admin-anthropic', 'anthropic-version': '2023-06-01' },
    });
    expect(Object.fromEntries(second?.query ?? [])).toEqual({
      starting_at: '2026-01-02T00:00:00.000Z',
      ending_at: '2026-01-09T00:00:00.000Z',
      'group_by[]': 'description',
    });
  });

  const good = openAiCosts([['gpt-4o', 7]], 'p2');
  const inEuro = JSON.stringify(openAiCosts([['gpt-4o', 1]], null)).replace('"usd"', '"eur"');
  it.each<[string, object | string | undefined]>([
    ['that fails', undefined],
    ['that is cut', JSON.stringify(openAiCosts([['gpt-4o', 1]], null)).slice(0, -5)],
    ['in another currency', inEuro],
    ['without an amount', openAiCosts([['gpt-4o', 'free']], null)],
    ['that leads elsewhere', 'elsewhere'],
    ['that never ends', good],
  ])(
    'with a page %s change nothing of their provider, and are asked for again',
    async (_what, page) => {
      pages.set(OPENAI, good);
      if (page !== undefined) pages.set(`${OPENAI}p2`, page);
      pages.set(ANTHROPIC, anthropicCosts([['claude-x', '50']], null));
      const before = await billed('openai');
      await expect(days.run(NOW)).rejects.toThrow('not reconciled: openai');
      expect(await billed('openai')).toEqual(before);
      expect(await billed('anthropic')).toEqual([['claude-x', '0.5']]);
      expect(asked.filter(({ path }) => path === '/elsewhere')).toEqual([]);
    },
  );
});
