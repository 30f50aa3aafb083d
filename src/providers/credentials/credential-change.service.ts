import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { Credential } from '../../core/target.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import {
  AdminChangeService,
  deletedView,
  requireVersion,
  type AdminChange,
  type DeletedView,
} from '../../tenants/index.js';
import { CredentialReplacementService } from './credential-replacement.service.js';
import { CredentialTrialService } from './credential-trial.service.js';
import { credentialView, hintOf } from './credential-view.js';
import type { CreateCredentialDto, CredentialView, UpdateCredentialDto } from './credential.dto.js';
import { CredentialService } from './credential.service.js';
import { addressOfCustom, findRow, StoredCredentialService } from './stored-credential.service.js';

/** Every process holds an organization's credentials in memory. */
const MAX_CREDENTIALS = 200;
const KIND = 'provider_credential';

/**
 * Changes of stored credentials. `organizationId` null stands for the platform. A secret is tried at its provider
 * before the change begins, so that no transaction waits for a provider.
 */
@Injectable()
export class CredentialChangeService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly trials: CredentialTrialService,
    private readonly replacements: CredentialReplacementService,
    private readonly stored: StoredCredentialService,
    private readonly credentials: CredentialService,
  ) {}

  /**
   * @param verify false: saved untried, which only operators may want
   * @throws GatewayError invalid_parameter, role_not_allowed, resource_conflict, and what a change may throw
   */
  async create(
    request: AdminRequest,
    organizationId: string | null,
    body: CreateCredentialDto,
    verify: boolean,
  ): Promise<CredentialView> {
    const provider = usable(await this.stored.providerNamed(organizationId, body.provider_id));
    const id = ID_PREFIX.providerCredential + nextUlid();
    const { name, secret, settings = {}, base_url: given } = body;
    const address = given ?? addressOfCustom(provider);
    const plan = { id, organizationId, provider, secret, settings, baseUrl: address };
    const credential = this.stored.build(plan);
    const verifiedAt = await this.trials.run(request, provider, credential, verify);
    const { status = 'active', priority = 0 } = body;
    const fields = this.fieldsOf(credential, organizationId, address !== null);
    const data = { id, organizationId, name, status, priority, verifiedAt, ...fields };
    return this.run(request, organizationId, async (change) => {
      const count = await change.transaction.providerCredential.count({
        where: { organizationId },
      });
      if (count >= MAX_CREDENTIALS) throw tooMany();
      const row = { ...data, providerId: provider.id };
      const after = credentialView(
        await change.transaction.providerCredential.create({ data: row }),
      );
      change.record({ action: `${KIND}.create`, targetKind: KIND, targetId: id, after });
      return after;
    });
  }

  /** Throws as `create`, and resource_not_found, precondition_failed. */
  async update(
    request: AdminRequest,
    organizationId: string | null,
    id: string,
    body: UpdateCredentialDto,
    verify: boolean,
  ): Promise<CredentialView> {
    const seen = await this.stored.find(organizationId, id);
    const provider = await this.stored.providerNamed(organizationId, seen.providerId);
    const replacement = this.replacements.of(seen, body, provider);
    const { name, priority, status } = body;
    const data: Prisma.ProviderCredentialUpdateInput = {
      ...(name === undefined ? {} : { name }),
      ...(priority === undefined ? {} : { priority }),
      ...(status === undefined ? {} : { status }),
      version: { increment: 1 },
    };
    if (replacement) {
      const { credential, hasAddress } = replacement;
      const verifiedAt = await this.trials.run(request, replacement.provider, credential, verify);
      Object.assign(data, this.fieldsOf(credential, organizationId, hasAddress), { verifiedAt });
    }
    return this.run(request, organizationId, async (change) => {
      const row = await findRow(change.transaction, organizationId, id);
      requireVersion(request, row.version);
      if (row.version !== seen.version) throw changedMeanwhile();
      const where = { id, organizationId };
      const after = credentialView(
        await change.transaction.providerCredential.update({ where, data }),
      );
      const before = credentialView(row);
      const told = Object.assign({ secret_replaced: body.secret !== undefined }, after);
      change.record({
        action: `${KIND}.update`,
        targetKind: KIND,
        targetId: id,
        before,
        after: told,
      });
      return after;
    });
  }

  /** @throws GatewayError resource_not_found, precondition_failed, and what a change may throw */
  remove(request: AdminRequest, organizationId: string | null, id: string): Promise<DeletedView> {
    return this.run(request, organizationId, async (change) => {
      const row = await findRow(change.transaction, organizationId, id);
      requireVersion(request, row.version);
      await change.transaction.providerCredential.delete({ where: { id, organizationId } });
      const before = credentialView(row);
      change.record({ action: `${KIND}.delete`, targetKind: KIND, targetId: id, before });
      return deletedView(KIND, id);
    });
  }

  /** This process uses the new ones from its next call on; the others hear of it from Postgres. */
  private async run<T extends object>(
    request: AdminRequest,
    organizationId: string | null,
    work: (change: AdminChange) => Promise<T>,
  ): Promise<T> {
    const answer = await this.changes.run(request, organizationId, work);
    this.credentials.changed(organizationId);
    return answer;
  }

  private fieldsOf(credential: Credential, organizationId: string | null, hasAddress: boolean) {
    const { id, secret, baseUrl, origin, settings = {} } = credential;
    return {
      baseUrl: hasAddress ? baseUrl : null,
      origin,
      settings,
      hint: hintOf(secret),
      ...this.stored.seal(secret, { id, organizationId, origin }),
    };
  }
}

function usable(provider: ProviderDefinition | undefined): ProviderDefinition {
  if (provider && provider.auth.kind !== 'none') return provider;
  const message = provider
    ? `${provider.name} needs no credential.`
    : // Not repeated: it may be the secret, in the wrong field.
      'provider_id must be the id of a provider.';
  throw new GatewayError('invalid_parameter', { param: 'provider_id', message });
}

function tooMany(): GatewayError {
  return new GatewayError('resource_conflict', {
    message: `There are ${MAX_CREDENTIALS} credentials already; delete one first.`,
  });
}

function changedMeanwhile(): GatewayError {
  return new GatewayError('resource_conflict', {
    message: 'The credential was changed while this change was prepared. Read it and try again.',
  });
}
