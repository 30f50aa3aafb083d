import { Injectable } from '@nestjs/common';
import { ID_PREFIX } from '../core/ids.js';
import type { Prisma } from '../generated/prisma/client.js';
import { TenantDatabaseService } from '../platform/tenant-database.service.js';
import { nextUlid } from '../platform/ulid.adapter.js';
import { AuditService, systemOrigin } from './audit/audit.service.js';
import { createKey, describeKey } from './keys/key-format.js';

export interface FirstTenant {
  readonly organizationId: string;
  /** Shown once. */
  readonly apiKey: string;
  readonly adminToken: string | undefined;
}

export interface FirstTenantOptions {
  /** In place of a new API key; for tests. */
  readonly apiKey?: string | undefined;
  /** Whether an operator's token is made with it. */
  readonly adminToken: boolean;
}

const ORIGIN = systemOrigin('seed');

/** Makes the organization, project and key of a fresh installation, and where wanted an operator's token. */
@Injectable()
export class FirstTenantService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly audit: AuditService,
  ) {}

  /** Undefined where an organization exists, or ever did. Of two processes that try at once, one makes it. */
  create(options: FirstTenantOptions): Promise<FirstTenant | undefined> {
    return this.database.everywhere(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('first tenant', 0))`;
      if ((await transaction.organization.count()) > 0) return undefined;
      const { organizationId, apiKey } = await this.createTenant(transaction, options.apiKey);
      const adminToken = options.adminToken ? await this.createToken(transaction) : undefined;
      return { organizationId, apiKey, adminToken };
    });
  }

  private async createTenant(transaction: Prisma.TransactionClient, givenKey: string | undefined) {
    const { key, hash, prefix } =
      givenKey === undefined ? createKey('osm_') : describeKey(givenKey);
    const organizationId = ID_PREFIX.organization + nextUlid();
    const projectId = ID_PREFIX.project + nextUlid();
    const organization = { id: organizationId, name: 'My organization' };
    await transaction.organization.create({ data: organization });
    await transaction.project.create({
      data: { id: projectId, organizationId, name: 'Default project' },
    });
    const id = ID_PREFIX.apiKey + nextUlid();
    await transaction.apiKey.create({
      data: { id, organizationId, projectId, name: 'First key', hash, prefix },
    });
    await this.audit.append(transaction, ORIGIN, organizationId, [
      {
        action: 'organization.create',
        targetKind: 'organization',
        targetId: organizationId,
        after: organization,
      },
    ]);
    return { organizationId, apiKey: key };
  }

  private async createToken(transaction: Prisma.TransactionClient): Promise<string> {
    const { key, hash, prefix } = createKey('osmadm_');
    const id = ID_PREFIX.adminToken + nextUlid();
    const name = 'First token';
    await transaction.adminToken.create({ data: { id, name, hash, prefix } });
    await this.audit.append(transaction, ORIGIN, null, [
      {
        action: 'admin_token.create',
        targetKind: 'admin_token',
        targetId: id,
        after: { id, name, prefix },
      },
    ]);
    return key;
  }
}
