import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { formatUsd } from '../../src/core/money.js';
import { Environment } from '../../src/platform/env.js';
import { PrismaService } from '../../src/platform/prisma.service.js';
import { CatalogueSeedService } from '../../src/providers/catalogue/catalogue-seed.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { HealthService } from '../../src/platform/health/health.service.js';
import { CatalogueService } from '../../src/providers/catalogue/catalogue.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const TODAY = Date.UTC(2026, 10, 22);

describe('catalogue seed', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let connections: DatabaseService;
  let seed: CatalogueSeedService;
  let folder: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
    prisma = new PrismaService(environment);
    connections = new DatabaseService(environment);
    seed = new CatalogueSeedService(prisma);
    folder = await mkdtemp(path.join(tmpdir(), 'catalogue-'));
    await cp(path.resolve('prisma', 'catalogue'), folder, { recursive: true });
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await connections.onApplicationShutdown();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function edit(name: string, from: string, to: string): Promise<void> {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
    await writeFile(file, text.replace(from, to));
  }

  async function loaded(): Promise<ReturnType<CatalogueService['snapshot']>> {
    const catalogue = new CatalogueService(connections, new HealthService());
    await catalogue.onModuleInit();
    return catalogue.snapshot();
  }

  it('writes the files once, also when two processes start together', async () => {
    const [first, second] = await Promise.all([seed.seed(folder), seed.seed(folder)]);
    const counts = await Promise.all([
      prisma.model.count(),
      prisma.offer.count(),
      prisma.priceVersion.count(),
    ]);
    expect(counts[0]).toBeGreaterThan(500);
    expect(counts[1]).toBeGreaterThan(1_900);
    expect([first.models + second.models, first.offers + second.offers]).toEqual([
      counts[0],
      counts[1],
    ]);
    expect(first.priceVersions + second.priceVersions).toBe(counts[2]);
    expect(await seed.seed(folder)).toEqual({ models: 0, offers: 0, priceVersions: 0 });
  });

  it('is read back as it was written', async () => {
    const snapshot = await loaded();
    const offer = snapshot.offerAt('google', 'gemini-2.5-flash');
    expect(offer).toMatchObject({
      id: 'google-ai-studio/gemini-2.5-flash',
      status: 'active',
      suspect: false,
    });
    expect(offer?.capabilities).toMatchObject({ tools: true, jsonSchema: true });
    const prices =
      offer &&
      snapshot
        .priceAt(offer, TODAY)
        ?.components.map(({ meter, price }) => `${meter} ${formatUsd(price)}`);
    expect(prices?.slice(0, 2)).toEqual(['input 0.3', 'cache_read 0.03']);
    expect(prices).toContain('web_search 35000');
    const deepseek = snapshot.offerAt('deepseek', 'deepseek-v4.1-flash');
    expect(deepseek?.prices.at(-1)?.components.at(-1)?.conditions).toEqual({
      utcWindows: [
        { fromMinute: 60, toMinute: 240 },
        { fromMinute: 360, toMinute: 600 },
      ],
      weekdays: [1, 2, 3, 4, 5],
    });
  });

  it('changes offers, adds prices of a later date, and never touches published ones', async () => {
    const before = await loaded();
    await edit('offers/groq.json', '"status": "active"', '"status": "beta"');
    const published = before.offerAt('openai', 'gpt-4o')?.prices ?? [];
    await edit(
      'offers/openai.json',
      '"id": "openai/gpt-4o",',
      '"id": "openai/gpt-4o", "deprecated_at": "2027-01-01",',
    );
    expect(await seed.seed(folder)).toEqual({ models: 0, offers: 2, priceVersions: 0 });
    const after = await loaded();
    expect(after.offerAt('openai', 'gpt-4o')).toMatchObject({
      deprecatedAt: Date.UTC(2027, 0, 1),
      prices: published,
    });
  });

  it('warns of other prices for a published date, and leaves them out', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await edit('offers/sandbox.json', '"amount": "3"', '"amount": "3.1"');
    expect((await seed.seed(folder)).priceVersions).toBe(0);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain(
      'sandbox/claude-sonnet-4-6 has other prices from 2024-01-01',
    );
    warn.mockRestore();
    await edit('offers/sandbox.json', '"valid_from": "2024-01-01"', '"valid_from": "2024-01-02"');
    expect((await seed.seed(folder)).priceVersions).toBe(1);
    expect((await loaded()).offerAt('sandbox', 'claude-sonnet-4-6')?.prices).toHaveLength(2);
  });

  it('writes nothing when a file is not valid', async () => {
    await edit('models/openai.json', '"name": "GPT-4o"', '"name": "Renamed"');
    await edit('offers/xai.json', '"suspect": false', '"suspect": 0');
    await expect(seed.seed(folder)).rejects.toThrow('offers/xai.json');
    expect((await loaded()).findModel('gpt-4o')?.name).toBe('GPT-4o');
  });
});
