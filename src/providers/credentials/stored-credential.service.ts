import { Injectable, Logger } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import type { Prisma, ProviderCredential } from '../../generated/prisma/client.js';
import { DatabaseService } from '../../platform/database.service.js';
import { Environment } from '../../platform/env.js';
import { SecretBoxService, type Sealed } from '../../platform/secrets/secret-box.service.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { definitionOf } from '../custom/custom-provider.js';
import { indexProviders } from '../routing/model-name.js';
import { CREDENTIAL_PROVIDERS } from '../search/registry.js';
import { readBaseUrl, type AddressPolicy } from '../upstream-address.js';
import { fillBaseUrl } from './base-url.js';
import type { Ranked } from './credential-order.js';
import { headersOf, missingSetting, readSettings } from './credential-settings.js';
import { EnvironmentCredentialsService } from './environment-credentials.service.js';

const PROVIDER_BY_NAME = indexProviders(CREDENTIAL_PROVIDERS);

/** Calls wait for it: by plain SQL, so that they do not load Prisma (docs/decisions/0009). */
const ACTIVE = {
  name: 'credentials',
  // A cold organization waits no longer for a Postgres that hangs.
  query_timeout: 5_000,
  text: `
    SELECT id, organization_id AS "organizationId", provider_id AS "providerId", name, status, priority,
      base_url AS "baseUrl", origin, settings, hint, key_id AS "keyId", wrapped_key AS "wrappedKey", ciphertext,
      verified_at AS "verifiedAt", created_at AS "createdAt", version
    FROM provider_credential WHERE organization_id IS NOT DISTINCT FROM $1 AND status = 'active'`,
};

/** What of a stored credential says where it goes and what with. */
export interface CredentialPlan {
  readonly id: string;
  readonly organizationId: string | null;
  readonly provider: ProviderDefinition;
  readonly secret: string;
  readonly baseUrl: string | null;
  readonly settings: Record<string, unknown>;
}

/** The provider with this id or alias. */
export function findProvider(name: string): ProviderDefinition | undefined {
  return PROVIDER_BY_NAME.get(name);
}

/** The address that a credential of a provider that was added at run time carries; null for the built-in ones. */
export function addressOfCustom(provider: ProviderDefinition): string | null {
  return PROVIDER_BY_NAME.has(provider.id) ? null : provider.baseUrl;
}

/**
 * What a secret is sealed with: it opens as that of this credential of this organization, for this origin, and no
 * other. Who can write to the table can neither read a secret nor send it elsewhere.
 */
function sealContext({ id, organizationId, origin }: SealedFor): readonly string[] {
  return ['provider_credential', id, organizationId ?? '', origin];
}

/** What a secret belongs to. */
type SealedFor = Pick<ProviderCredential, 'id' | 'organizationId' | 'origin'>;

/** The row of a credential, also of one that is disabled. @throws GatewayError resource_not_found */
export async function findRow(
  transaction: Prisma.TransactionClient,
  organizationId: string | null,
  id: string,
): Promise<ProviderCredential> {
  const row = await transaction.providerCredential.findFirst({ where: { id, organizationId } });
  if (row) return row;
  throw new GatewayError('resource_not_found', { message: 'There is no such credential.' });
}

/** Credentials of the table provider_credential, ready to be used. */
@Injectable()
export class StoredCredentialService {
  private readonly logger = new Logger(StoredCredentialService.name);
  private readonly isProduction: boolean;
  private readonly allowPrivate: boolean;

  constructor(
    private readonly database: TenantDatabaseService,
    private readonly connections: DatabaseService,
    private readonly secrets: SecretBoxService,
    private readonly fromEnvironment: EnvironmentCredentialsService,
    environment: Environment,
  ) {
    this.isProduction = environment.NODE_ENV === 'production';
    this.allowPrivate = environment.ALLOW_PRIVATE_UPSTREAMS === 'true';
  }

  /**
   * The active credentials of an organization, or with null the platform's. One that cannot be used is left out.
   * @throws GatewayError ledger_unavailable
   */
  async read(organizationId: string | null): Promise<readonly Ranked[]> {
    const { rows } = await this.connections.pool
      .query<ProviderCredential>({ ...ACTIVE, values: [organizationId] })
      .catch((error: unknown) => Promise.reject(unreadable(error)));
    return rows.flatMap((row) => {
      const credential = this.tryToOpen(row);
      if (!credential) return [];
      const { providerId, priority, createdAt } = row;
      return [{ credential, providerId, priority, createdAt: createdAt.getTime() }];
    });
  }

  /** The row of a credential. @throws GatewayError resource_not_found */
  find(organizationId: string | null, id: string): Promise<ProviderCredential> {
    return organizationId === null
      ? this.database.everywhere((all) => findRow(all, organizationId, id))
      : this.database.within(organizationId, (own) => findRow(own, organizationId, id));
  }

  /** The provider with this id or alias that an organization, or with null the platform, may have credentials for. */
  async providerNamed(
    organizationId: string | null,
    name: string,
  ): Promise<ProviderDefinition | undefined> {
    const known = findProvider(name);
    if (known) return known;
    const owners = organizationId === null ? [null] : [null, organizationId];
    const row = await this.database.everywhere((all) =>
      all.customProvider.findFirst({
        where: { slug: name, OR: owners.map((owner) => ({ organizationId: owner })) },
      }),
    );
    return row ? definitionOf(row) : undefined;
  }

  /** A secret as the row of this credential keeps it. */
  seal(secret: string, sealedFor: SealedFor): Sealed {
    return this.secrets.seal(secret, sealContext(sealedFor));
  }

  /** @throws GatewayError internal_error where it cannot be decrypted or is bound to another origin; as `build` */
  open(row: ProviderCredential): Credential {
    const { id, organizationId, baseUrl } = row;
    const provider = findProvider(row.providerId) ?? addressedProvider(row);
    if (!provider) throw unusable(`there is no provider ${row.providerId}`);
    const settings = isObject(row.settings) ? row.settings : {};
    const plan = { id, organizationId, provider, secret: this.secretOf(row), baseUrl, settings };
    const credential = this.build(plan);
    if (credential.origin !== row.origin)
      throw unusable(`it is bound to ${row.origin}, not to ${credential.origin}`);
    return credential;
  }

  /** @throws GatewayError internal_error where it cannot be decrypted */
  secretOf(row: ProviderCredential): string {
    return this.secrets.open(row, sealContext(row)).toString('utf8');
  }

  /** A credential as it would be used. @throws GatewayError invalid_parameter (base_url, settings.<name>) */
  build({ id, organizationId, provider, secret, ...plan }: CredentialPlan): Credential {
    const owner = organizationId === null ? 'platform' : 'organization';
    const settings = readSettings(plan.settings, provider);
    const baseUrl = this.addressOf(provider, plan.baseUrl, settings, this.policyFor(owner));
    const headers = headersOf(settings, provider);
    const { origin } = new URL(baseUrl);
    return { id, owner, secret, baseUrl, origin, settings, ...(headers ? { headers } : {}) };
  }

  /**
   * An address that an organization, or with null the platform, gives for a provider of its own.
   * @throws GatewayError invalid_parameter (base_url)
   */
  checkedAddress(organizationId: string | null, address: string): string {
    return readBaseUrl(
      address,
      this.policyFor(organizationId === null ? 'platform' : 'organization'),
    );
  }

  /** What is made of settings is looked at like what is given as a whole; the operator's own word is not. */
  private addressOf(
    provider: ProviderDefinition,
    given: string | null,
    settings: NonNullable<Credential['settings']>,
    policy: AddressPolicy,
  ): string {
    if (given !== null) return readBaseUrl(given, policy);
    const known = this.fromEnvironment.baseUrlOf(provider);
    const filled = fillBaseUrl(known, settings, provider.hosts);
    if (filled === undefined) throw missingSetting(known, settings);
    return filled === known ? known : readBaseUrl(filled, policy);
  }

  /** In production tenants' keys travel encrypted; operators decide for their own network. */
  private policyFor(owner: Credential['owner']): AddressPolicy {
    const { allowPrivate, isProduction } = this;
    return { allowPrivate, allowHttp: !isProduction || (allowPrivate && owner === 'platform') };
  }

  private tryToOpen(row: ProviderCredential): Credential | undefined {
    try {
      return this.open(row);
    } catch (error) {
      const reason =
        error instanceof GatewayError ? (error.detail ?? error.message) : String(error);
      this.logger.error(`the credential ${row.id} is not used: ${reason}`);
      return undefined;
    }
  }
}

/** One that was added at run time; its credentials carry its address. Nobody routes to one that is gone. */
function addressedProvider({
  providerId,
  baseUrl,
}: ProviderCredential): ProviderDefinition | undefined {
  if (baseUrl === null) return undefined;
  return definitionOf({
    ...{ id: providerId, slug: providerId, name: providerId, baseUrl, models: [] },
    protocol: 'chat-completions',
  });
}

function unreadable(error: unknown): GatewayError {
  const { detail, message } = toGatewayError(error);
  return new GatewayError('ledger_unavailable', {
    message: 'The provider credentials cannot be read at the moment.',
    detail: detail ?? message,
    retryAfterSeconds: 1,
  });
}

function unusable(detail: string): GatewayError {
  return new GatewayError('internal_error', { detail });
}
