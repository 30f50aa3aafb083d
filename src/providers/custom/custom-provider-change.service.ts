import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { ID_PREFIX } from '../../core/ids.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import {
  AdminChangeService,
  deletedView,
  requireVersion,
  type AdminChange,
  type DeletedView,
} from '../../tenants/index.js';
import { CatalogueFileError } from '../catalogue/catalogue-fields.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { findProvider, StoredCredentialService } from '../credentials/stored-credential.service.js';
import { customModelRecord, readCustomModels } from './custom-model.js';
import { customProviderView, findCustomProvider } from './custom-provider-view.js';
import type {
  CreateCustomProviderDto,
  CustomProviderView,
  UpdateCustomProviderDto,
} from './custom-provider.dto.js';
import { CustomProviderService } from './custom-provider.service.js';

const KIND = 'custom_provider';
const MAX_PROVIDERS = 50;

/** Adds, changes and removes providers at run time. `organizationId` null stands for the platform. */
@Injectable()
export class CustomProviderChangeService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly database: TenantDatabaseService,
    private readonly catalogue: CatalogueService,
    private readonly credentials: StoredCredentialService,
    private readonly custom: CustomProviderService,
  ) {}

  /** @throws GatewayError invalid_parameter (base_url, models), resource_conflict where the slug is taken */
  async create(
    request: AdminRequest,
    organizationId: string | null,
    { slug, name, protocol, ...body }: CreateCustomProviderDto,
  ): Promise<CustomProviderView> {
    const models = recordsOf(body.models);
    const baseUrl = this.credentials.checkedAddress(organizationId, body.base_url);
    await this.requireFree(organizationId, slug);
    const id = ID_PREFIX.customProvider + nextUlid();
    return this.run(request, organizationId, async ({ transaction, record }) => {
      const count = await transaction.customProvider.count({ where: { organizationId } });
      if (count >= MAX_PROVIDERS)
        throw conflict(`There are ${MAX_PROVIDERS} providers already; delete one first.`);
      const same = { organizationId, slug };
      if (await transaction.customProvider.findFirst({ where: same })) throw taken(slug);
      const data = { id, organizationId, slug, name, protocol, baseUrl, models };
      const after = customProviderView(await transaction.customProvider.create({ data }));
      record({ action: `${KIND}.create`, targetKind: KIND, targetId: id, after });
      return after;
    });
  }

  /** @throws GatewayError invalid_parameter (models), resource_not_found, precondition_failed */
  async update(
    request: AdminRequest,
    organizationId: string | null,
    id: string,
    { name, models }: UpdateCustomProviderDto,
  ): Promise<CustomProviderView> {
    const data = {
      ...(name === undefined ? {} : { name }),
      ...(models === undefined ? {} : { models: recordsOf(models) }),
      version: { increment: 1 },
    };
    return this.run(request, organizationId, async ({ transaction, record }) => {
      const row = await findCustomProvider(transaction, organizationId, id);
      requireVersion(request, row.version);
      const where = { id, organizationId };
      const after = customProviderView(await transaction.customProvider.update({ where, data }));
      const before = customProviderView(row);
      record({ action: `${KIND}.update`, targetKind: KIND, targetId: id, before, after });
      return after;
    });
  }

  /** Its credentials go with it. @throws GatewayError resource_not_found, precondition_failed */
  async remove(
    request: AdminRequest,
    organizationId: string | null,
    id: string,
  ): Promise<DeletedView> {
    return this.run(request, organizationId, async ({ transaction, record }) => {
      const row = await findCustomProvider(transaction, organizationId, id);
      requireVersion(request, row.version);
      // With a provider of the platform those of organizations, too: nothing else can use them.
      const owner = organizationId === null ? {} : { organizationId };
      const { count } = await transaction.providerCredential.deleteMany({
        where: { ...owner, providerId: row.slug },
      });
      await transaction.customProvider.delete({ where: { id, organizationId } });
      const before = customProviderView(row);
      const after = { credentials_deleted: count };
      record({ action: `${KIND}.delete`, targetKind: KIND, targetId: id, before, after });
      return deletedView(KIND, id);
    });
  }

  /** A slug means one provider wherever it is seen: none built in, of the platform, or in a model's name. */
  private async requireFree(organizationId: string | null, slug: string): Promise<void> {
    const begins = (name: string): boolean => name.startsWith(`${slug}/`);
    const snapshot = this.catalogue.snapshot();
    const isName = snapshot
      .models()
      .some(({ id }) => begins(id) || snapshot.aliasesOf(id).some(begins));
    if (findProvider(slug) || isName || slug === 'auto') throw taken(slug);
    const where = organizationId === null ? { slug } : { slug, organizationId: null };
    const other = await this.database.everywhere((all) => all.customProvider.findFirst({ where }));
    if (other) throw taken(slug);
  }

  /** This process uses the change from its next call on; the others hear of it from Postgres. */
  private async run<T extends object>(
    request: AdminRequest,
    organizationId: string | null,
    work: (change: AdminChange) => Promise<T>,
  ): Promise<T> {
    const answer = await this.changes.run(request, organizationId, work);
    this.custom.changed(organizationId);
    return answer;
  }
}

/** Models in the form in which they are stored. @throws GatewayError invalid_parameter (models) */
function recordsOf(models: readonly Record<string, unknown>[]): Prisma.InputJsonArray {
  try {
    // Texts, numbers and lists of them.
    return readCustomModels(models).map(customModelRecord) as unknown as Prisma.InputJsonArray;
  } catch (error) {
    if (!(error instanceof CatalogueFileError)) throw error;
    const message = `${error.message.replace(/^: /, '')}.`;
    throw new GatewayError('invalid_parameter', { param: 'models', message });
  }
}

function taken(slug: string): GatewayError {
  return new GatewayError('resource_conflict', {
    param: 'slug',
    message: `${slug} names a provider or a model already.`,
  });
}

function conflict(message: string): GatewayError {
  return new GatewayError('resource_conflict', { message });
}
