import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import type { Principal } from '../../core/principal.js';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';
import { MAX_OWNERS, OwnerCache, REFRESH_MS } from '../owner-cache.js';
import {
  NO_OWN_PROVIDERS,
  ownProvidersOf,
  type CustomProviderRow,
  type OwnProviders,
} from './custom-provider.js';

/** Calls wait for it: by plain SQL, so that they do not load Prisma (docs/decisions/0009). */
const OF_ORGANIZATION = {
  name: 'custom-providers',
  query_timeout: 5_000,
  text: `SELECT id, slug, name, protocol, base_url AS "baseUrl", models FROM custom_provider
         WHERE organization_id = $1 OR organization_id IS NULL ORDER BY organization_id NULLS FIRST, id`,
};

/**
 * The providers that were added at run time, in memory by the organization that sees them: its own and those that
 * operators added for all. A change in Postgres makes every process read them again.
 */
@Injectable()
export class CustomProviderService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(CustomProviderService.name);
  private readonly organizations: OwnerCache<OwnProviders>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
  ) {
    const read = (id: string): Promise<OwnProviders> => this.read(id);
    this.organizations = new OwnerCache(read, () => performance.now(), MAX_OWNERS);
  }

  async onModuleInit(): Promise<void> {
    await this.notifications.listen('osm_custom_provider', (organizationId) =>
      this.changed(organizationId === '' ? null : organizationId),
    );
    this.notifications.onGap(() => this.organizations.suspect());
    this.timer = setInterval(() => this.organizations.suspect(), REFRESH_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Undefined where the providers of a principal are in memory, else a promise that resolves once they are.
   * @throws (rejects) GatewayError ledger_unavailable for an organization that was not seen before
   */
  ready({ organizationId }: Pick<Principal, 'organizationId'>): Promise<void> | undefined {
    return this.organizations.ready(organizationId);
  }

  /** What a principal's organization sees beside the built-in providers. Ask `ready` before. */
  of({ organizationId }: Pick<Principal, 'organizationId'>): OwnProviders {
    return this.organizations.of(organizationId) ?? NO_OWN_PROVIDERS;
  }

  /** Those of an organization, or with null the platform's, have changed: the next call reads them again. */
  changed(organizationId: string | null): void {
    if (organizationId === null) this.organizations.allChanged();
    else this.organizations.changed(organizationId);
  }

  private async read(organizationId: string): Promise<OwnProviders> {
    const { rows } = await this.database.pool
      .query<CustomProviderRow>({ ...OF_ORGANIZATION, values: [organizationId] })
      .catch((error: unknown) => Promise.reject(unreadable(error)));
    if (rows.length === 0) return NO_OWN_PROVIDERS;
    return ownProvidersOf(rows.filter((row) => this.isReadable(row)));
  }

  private isReadable(row: CustomProviderRow): boolean {
    try {
      ownProvidersOf([row]);
      return true;
    } catch (error) {
      this.logger.error(
        `the provider ${row.id} is not used: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
  }
}

function unreadable(error: unknown): GatewayError {
  const { detail, message } = toGatewayError(error);
  return new GatewayError('ledger_unavailable', {
    message: 'The providers of the organization cannot be read at the moment.',
    detail: detail ?? message,
    retryAfterSeconds: 1,
  });
}
