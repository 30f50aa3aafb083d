import { expect } from '@jest/globals';
import { HealthModule } from '../../src/platform/health/health.module.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { startAdminApi, type AdminApi, type TestOrganization } from './admin.js';
import type { AdminAnswer } from './admin-caller.js';
import { startKeyProvider, type KeyProvider } from './key-provider.js';

/** Two keys that the provider knows. */
export const SECRET = 'sk-canary-5d1f0a7be9c24836';
export const OTHER_SECRET = 'sk-second-77aa01be9c248-9xyz';

/** The admin API of credentials, an organization, and a provider that knows two keys. */
export class CredentialAdmin {
  private constructor(
    readonly api: AdminApi,
    readonly provider: KeyProvider,
    readonly ours: TestOrganization,
  ) {}

  static async start(): Promise<CredentialAdmin> {
    const provider = await startKeyProvider();
    const api = await startAdminApi({
      more: [HealthModule, ProvidersModule],
      environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' },
    });
    return new CredentialAdmin(api, provider, await api.makeOrganization('ours'));
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.provider.close();
  }

  /** Before each test: no credentials, and a provider that was asked nothing. */
  async begin(): Promise<void> {
    const { provider } = this;
    provider.keys.clear();
    provider.keys.set(SECRET, 'good').set(OTHER_SECRET, 'good');
    provider.listing = 'keys';
    provider.asked.length = 0;
    await this.api.rows.query('DELETE FROM provider_credential');
  }

  /** A credential as it is sent. */
  bodyOf(more: object = {}): object {
    const { url: base_url } = this.provider;
    return { provider_id: 'openai', name: 'Main', secret: SECRET, base_url, ...more };
  }

  path(organization = this.ours): string {
    return `${organization.path}/credentials`;
  }

  create(more: object = {}, headers = {}): Promise<AdminAnswer> {
    return this.ours.as('admin').post(this.path(), this.bodyOf(more), headers);
  }

  /** The same where it is expected to be made; gives it. */
  async created(more: object = {}): Promise<AdminAnswer['body']> {
    const { status, body } = await this.create(more);
    expect(status).toBe(201);
    return body;
  }
}

/** Status of a refusal, and the field that it names. */
export function refusalOf({ status, body }: AdminAnswer): unknown[] {
  return [status, body.error?.param];
}
