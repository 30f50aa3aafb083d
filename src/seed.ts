import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LedgerModule, LedgerService } from './billing/index.js';
import { parseUsd } from './core/money.js';
import { PlatformModule } from './platform/platform.module.js';
import { CatalogueSeedModule, CatalogueSeedService } from './providers/index.js';
import { FirstTenantModule, FirstTenantService } from './tenants/index.js';

const PROMOTION_USD = '5';

@Module({ imports: [PlatformModule, CatalogueSeedModule, LedgerModule, FirstTenantModule] })
class SeedModule {}

try {
  await seed();
} catch (error) {
  console.error(`[seed] ${error instanceof Error ? error.message.trim() : String(error)}`);
  process.exitCode = 1;
}

async function seed(): Promise<void> {
  const app = await NestFactory.createApplicationContext(SeedModule, {
    abortOnError: false,
    logger: ['error', 'warn', 'fatal'],
  });
  try {
    const catalogue = await app.get(CatalogueSeedService).seed();
    console.log(
      `[seed] catalogue: ${catalogue.models} models, ${catalogue.offers} offers, ${catalogue.priceVersions} new prices`,
    );
    const tenant = await app.get(FirstTenantService).create(process.env['SEED_API_KEY']);
    if (!tenant) return;
    const { organizationId, apiKey, adminToken } = tenant;
    await app
      .get(LedgerService)
      .grantPromotion(organizationId, parseUsd(PROMOTION_USD), organizationId, new Date());
    console.log(welcome(apiKey, adminToken));
  } finally {
    await app.close();
  }
}

function welcome(apiKey: string, adminToken: string): string {
  const base = `http://${process.env['HOST'] ?? '127.0.0.1'}:${process.env['PORT'] ?? '4000'}`;
  return `
  Your gateway is new: an organization with ${PROMOTION_USD} USD, a project and a key were made.
  These are shown once; keep them.

    base URL     ${base}/v1
    API key      ${apiKey}
    admin token  ${adminToken}

  Try it as soon as it is ready:

    curl ${base}/v1/chat/completions \\
      -H "Authorization: Bearer ${apiKey}" -H "Content-Type: application/json" \\
      -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello!"}]}'
`;
}
