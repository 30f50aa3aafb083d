import 'reflect-metadata';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { LedgerModule, LedgerService } from './billing/index.js';
import { parseUsd } from './core/money.js';
import { readEnvironment } from './platform/read-environment.js';
import { PlatformModule } from './platform/platform.module.js';
import { runProgram, withServices } from './platform/program.adapter.js';
import { CatalogueSeedModule, CatalogueSeedService } from './providers/index.js';
import { BootstrapTokenService, FirstTenantModule, FirstTenantService } from './tenants/index.js';

const PROMOTION_USD = '5';

@Module({ imports: [PlatformModule, CatalogueSeedModule, LedgerModule, FirstTenantModule] })
class SeedModule {}

await runProgram('seed', async () => {
  // Before Nest does, which would log where in its code it failed.
  const { NODE_ENV, ADMIN_TOKEN } = readEnvironment(process.env);
  const wantsAdminToken = NODE_ENV !== 'production' && ADMIN_TOKEN === undefined;
  return withServices(SeedModule, ['error', 'warn', 'fatal'], (app) => seed(app, wantsAdminToken));
});

/** Fills what is empty. `wantsAdminToken`: whether the first organization gets one for its operator. */
async function seed(app: INestApplicationContext, wantsAdminToken: boolean): Promise<number> {
  const catalogue = await app.get(CatalogueSeedService).seed();
  console.log(
    `[seed] catalogue: ${catalogue.models} models, ${catalogue.offers} offers, ${catalogue.priceVersions} new prices`,
  );
  const apiKey = process.env['SEED_API_KEY'];
  const tenant = await app.get(FirstTenantService).create({ apiKey, adminToken: wantsAdminToken });
  if (tenant) {
    const { organizationId } = tenant;
    await app
      .get(LedgerService)
      .grantPromotion(organizationId, parseUsd(PROMOTION_USD), organizationId, new Date());
    console.log(welcome(tenant.apiKey, tenant.adminToken));
  }
  const bootstrapToken = await app.get(BootstrapTokenService).issue();
  if (bootstrapToken !== undefined) console.log(invitation(bootstrapToken));
  return 0;
}

function welcome(apiKey: string, adminToken: string | undefined): string {
  const shown = [
    `base URL     ${baseUrl()}/v1`,
    `API key      ${apiKey}`,
    ...(adminToken === undefined ? [] : [`admin token  ${adminToken}`]),
  ];
  return `
  Your gateway is new: an organization with ${PROMOTION_USD} USD, a project and a key were made.
  These are shown once; keep them.

    ${shown.join('\n    ')}

  Try it as soon as it is ready:

    curl ${baseUrl()}/v1/chat/completions \\
      -H "Authorization: Bearer ${apiKey}" -H "Content-Type: application/json" \\
      -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello!"}]}'
`;
}

function invitation(bootstrapToken: string): string {
  return `
  There is no operator yet. This token makes the first one: it works once, within 15 minutes.

    curl -X POST ${baseUrl()}/admin/v1/bootstrap -H "Authorization: Bearer ${bootstrapToken}"

  The answer holds the operator's admin token; it is shown once, keep it.
`;
}

function baseUrl(): string {
  return `http://${process.env['HOST'] || '127.0.0.1'}:${process.env['PORT'] || '4000'}`;
}
