import { Injectable } from '@nestjs/common';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import { TenantDatabaseService, type Work } from '../../platform/tenant-database.service.js';
import { credentialView } from './credential-view.js';
import type { CredentialListView, CredentialQueryDto, CredentialView } from './credential.dto.js';
import { findProvider, findRow } from './stored-credential.service.js';

/** What the admin API shows of credentials. `organizationId` null stands for the platform. */
@Injectable()
export class CredentialListService {
  constructor(private readonly database: TenantDatabaseService) {}

  /** @throws GatewayError invalid_parameter (cursor) */
  async list(
    organizationId: string | null,
    query: CredentialQueryDto,
  ): Promise<CredentialListView> {
    const { where, ...page } = newestFirst(query);
    const { provider_id: provider, status } = query;
    const filters = {
      organizationId,
      ...(provider === undefined ? {} : { providerId: findProvider(provider)?.id ?? provider }),
      ...(status === undefined ? {} : { status }),
    };
    const rows = await this.read(organizationId, (transaction) =>
      transaction.providerCredential.findMany({ ...page, where: { AND: [filters, where] } }),
    );
    return toList(rows, query.limit, credentialView, cursorOfCreated);
  }

  /** @throws GatewayError resource_not_found */
  async get(organizationId: string | null, id: string): Promise<CredentialView> {
    const row = await this.read(organizationId, (transaction) =>
      findRow(transaction, organizationId, id),
    );
    return credentialView(row);
  }

  private read<T>(organizationId: string | null, work: Work<T>): Promise<T> {
    return organizationId === null
      ? this.database.everywhere(work)
      : this.database.within(organizationId, work);
  }
}
