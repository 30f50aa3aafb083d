import { Injectable } from '@nestjs/common';
import { nextUlid } from '../platform/ulid.adapter.js';
import { ID_PREFIX } from '../core/ids.js';
import { PrismaService } from '../platform/prisma.service.js';
import { createKey, describeKey } from './keys/key-format.js';

export interface FirstTenant {
  readonly organizationId: string;
  /** Shown once. */
  readonly apiKey: string;
  readonly adminToken: string;
}

/** Makes the organization, project, key and admin token of a fresh installation. */
@Injectable()
export class FirstTenantService {
  constructor(private readonly prisma: PrismaService) {}

  /** Undefined where an organization exists. `apiKey` in place of a new one is for tests. */
  async create(apiKey?: string): Promise<FirstTenant | undefined> {
    const key = apiKey === undefined ? createKey('osm_') : describeKey(apiKey);
    const token = createKey('osmadm_');
    const organizationId = ID_PREFIX.organization + nextUlid();
    const projectId = ID_PREFIX.project + nextUlid();
    return this.prisma.$transaction(async (transaction) => {
      if ((await transaction.organization.count()) > 0) return undefined;
      await transaction.organization.create({
        data: { id: organizationId, name: 'My organization' },
      });
      await transaction.project.create({
        data: { id: projectId, organizationId, name: 'Default project' },
      });
      await transaction.apiKey.create({
        data: {
          id: ID_PREFIX.apiKey + nextUlid(),
          organizationId,
          projectId,
          name: 'First key',
          hash: key.hash,
          prefix: key.prefix,
        },
      });
      await transaction.adminToken.create({
        data: {
          id: ID_PREFIX.adminToken + nextUlid(),
          name: 'First token',
          hash: token.hash,
          prefix: token.prefix,
        },
      });
      return { organizationId, apiKey: key.key, adminToken: token.key };
    });
  }
}
