import { Injectable } from '@nestjs/common';
import type { CustomProvider } from '../../generated/prisma/client.js';
import { toList } from '../../platform/pagination/list.js';
import { cursorOfCreated, newestFirst } from '../../platform/pagination/newest-first.js';
import type { PageQueryDto } from '../../platform/pagination/page-query.dto.js';
import { TenantDatabaseService, type Work } from '../../platform/tenant-database.service.js';
import { customProviderView, findCustomProvider } from './custom-provider-view.js';
import type { CustomProviderList, CustomProviderView } from './custom-provider.dto.js';

/** Shows the providers that were added at run time. `organizationId` null stands for the platform. */
@Injectable()
export class CustomProviderListService {
  constructor(private readonly database: TenantDatabaseService) {}

  /** Newest first. @throws GatewayError invalid_parameter (cursor) */
  async list(organizationId: string | null, query: PageQueryDto): Promise<CustomProviderList> {
    const { where, ...page } = newestFirst(query);
    const rows = await this.read(organizationId, (transaction) =>
      transaction.customProvider.findMany({ ...page, where: { AND: [{ organizationId }, where] } }),
    );
    return toList(rows, query.limit, customProviderView, cursorOfCreated);
  }

  /** @throws GatewayError resource_not_found */
  async get(organizationId: string | null, id: string): Promise<CustomProviderView> {
    return customProviderView(await this.find(organizationId, id));
  }

  /** The row. @throws GatewayError resource_not_found */
  find(organizationId: string | null, id: string): Promise<CustomProvider> {
    return this.read(organizationId, (transaction) =>
      findCustomProvider(transaction, organizationId, id),
    );
  }

  private read<T>(organizationId: string | null, work: Work<T>): Promise<T> {
    return organizationId === null
      ? this.database.everywhere(work)
      : this.database.within(organizationId, work);
  }
}
