import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { AdminChangeService } from '../admin/admin-change.service.js';
import { deletedView, type DeletedView } from '../admin/deleted.dto.js';
import { requireVersion } from '../admin/version.js';
import { organizationView } from './organization-view.js';
import { findOrganization } from './organizations.service.js';

/**
 * The end of an organization: nobody gets in any more. Its content is erased later, once the last call has ended (the
 * sweep of billing/retention); its ledger stays.
 */
@Injectable()
export class OrganizationDeletionService {
  constructor(private readonly changes: AdminChangeService) {}

  /** @throws GatewayError resource_not_found, precondition_failed */
  delete(request: AdminRequest, id: string): Promise<DeletedView> {
    return this.changes.run(request, id, async ({ transaction, record }) => {
      const before = await findOrganization(transaction, id);
      requireVersion(request, before.version);
      const now = new Date();
      await shutOut(transaction, id, now);
      const row = await transaction.organization.update({
        where: { id },
        data: { status: 'deleted', deletedAt: now, version: { increment: 1 } },
      });
      record({
        action: 'organization.delete',
        targetKind: 'organization',
        targetId: id,
        before: organizationView(before),
        after: organizationView(row),
      });
      return deletedView('organization', id);
    });
  }
}

/** Ends every key and token, and throws away the providers' secrets. */
async function shutOut(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  now: Date,
): Promise<void> {
  await transaction.apiKey.updateMany({
    where: { organizationId, status: { not: 'revoked' } },
    data: { status: 'revoked', revokedAt: now, version: { increment: 1 } },
  });
  await transaction.adminToken.updateMany({
    where: { organizationId, revokedAt: null },
    data: { revokedAt: now },
  });
  await transaction.providerCredential.deleteMany({ where: { organizationId } });
}
