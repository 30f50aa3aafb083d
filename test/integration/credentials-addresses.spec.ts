import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { RESOLVE_ALL } from '../../src/providers/upstream.client.js';
import { startAdminApi, type AdminApi, type TestOrganization } from '../support/admin.js';
import { attackersDns, innerAddresses, startTrap, type Trap } from '../support/inner-addresses.js';

const dns = attackersDns();

@Global()
@Module({ providers: [{ provide: RESOLVE_ALL, useValue: dns }], exports: [RESOLVE_ALL] })
class AttackersDnsModule {}

let api: AdminApi;
let trap: Trap;
let organization: TestOrganization;

beforeAll(async () => {
  trap = await startTrap();
  api = await startAdminApi({ more: [HealthModule, ProvidersModule, AttackersDnsModule] });
  organization = await api.makeOrganization();
  // Whoever looked at the name before has seen an address outside.
  dns('rebinding.example', { all: true }, () => undefined);
});
afterAll(async () => {
  await api.close();
  await trap.close();
});

describe('a tenant’s address on the inside', () => {
  const forms = Array.from(innerAddresses(0).keys());

  it('is known in sixty forms and more', () => {
    expect(forms.length).toBeGreaterThanOrEqual(60);
  });

  it.each(forms)('form %i is refused by its name, and nobody connects', async (form) => {
    const body = {
      provider_id: 'openai',
      name: 'Inside',
      secret: 'sk-canary-5d1f0a7be9c24836',
      base_url: innerAddresses(trap.port)[form],
    };
    const answer = await organization.as('owner').post(`${organization.path}/credentials`, body);
    expect([answer.status, answer.body.error.param]).toEqual([400, 'base_url']);
    expect(trap.connects()).toBe(0);
  });

  it('is saved nowhere', async () => {
    expect(await api.rows.query('SELECT id FROM provider_credential')).toEqual([]);
  });
});
