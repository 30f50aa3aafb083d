import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../core/principal.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import { NotificationService } from '../../platform/notification.service.js';
import { SecretBoxService } from '../../platform/secrets/secret-box.service.js';
import { MAX_OWNERS, REFRESH_MS } from '../owner-cache.js';
import { CredentialCache, type Credentials } from './credential-cache.js';
import { byProvider } from './credential-order.js';
import { EnvironmentCredentialsService } from './environment-credentials.service.js';
import { StoredCredentialService } from './stored-credential.service.js';

/** In place of an organization's id; also the payload of notifications about the platform's credentials. */
const PLATFORM = '';

/**
 * Whose keys are used at which provider. They are in memory, decrypted: the platform's from the start, an
 * organization's from its first call; a change in Postgres makes every process read them again. What was read once
 * stays usable while Postgres is away.
 */
@Injectable()
export class CredentialService implements OnModuleInit, OnApplicationShutdown {
  private readonly platform: CredentialCache;
  private readonly organizations: CredentialCache;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly fromEnvironment: EnvironmentCredentialsService,
    private readonly stored: StoredCredentialService,
    private readonly notifications: NotificationService,
    private readonly secrets: SecretBoxService,
  ) {
    const now = (): number => performance.now();
    this.platform = new CredentialCache(() => this.readPlatform(), now, 1);
    const read = (id: string): Promise<Credentials> => this.readOrganization(id);
    this.organizations = new CredentialCache(read, now, MAX_OWNERS);
  }

  /** @throws Error where Postgres is away, or the key-encryption keys cannot be read */
  async onModuleInit(): Promise<void> {
    await this.notifications.listen('osm_credential', (organizationId) =>
      this.changed(organizationId),
    );
    this.notifications.onGap(() => this.suspect());
    // Found at the start, not at the first secret.
    this.secrets.requireKeys();
    await this.platform.ready(PLATFORM);
    this.timer = setInterval(() => this.suspect(), REFRESH_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Undefined where the credentials of a principal are in memory, else a promise that resolves once they are.
   * @throws (rejects) GatewayError ledger_unavailable for an organization that was not seen before
   */
  ready({ projectMode, organizationId }: Principal): Promise<void> | undefined {
    const platform = projectMode === 'api-keys' ? undefined : this.platform.ready(PLATFORM);
    if (projectMode === 'credits') return platform;
    const own = this.organizations.ready(organizationId);
    return platform && own ? Promise.all([platform, own]).then(() => undefined) : (platform ?? own);
  }

  /**
   * The credentials that a principal's calls may use at a provider, first to last. With mode hybrid the platform's only
   * where the organization has none. Ask `ready` before.
   */
  credentialsFor(
    { id }: ProviderDefinition,
    { projectMode, organizationId }: Principal,
  ): readonly Credential[] {
    if (projectMode === 'credits') return this.platform.of(PLATFORM, id);
    const own = this.organizations.of(organizationId, id);
    return projectMode === 'api-keys' || own.length > 0 ? own : this.platform.of(PLATFORM, id);
  }

  /** The credentials of an organization, or with null the platform's, have changed: the next call reads them again. */
  changed(organizationId: string | null): void {
    const owner = organizationId ?? PLATFORM;
    (owner === PLATFORM ? this.platform : this.organizations).changed(owner);
  }

  private suspect(): void {
    this.platform.suspect();
    this.organizations.suspect();
  }

  private async readPlatform(): Promise<Credentials> {
    return byProvider([...this.fromEnvironment.all(), ...(await this.stored.read(null))]);
  }

  private async readOrganization(id: string): Promise<Credentials> {
    return byProvider(await this.stored.read(id));
  }
}
