import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { TenantDatabaseService } from '../../platform/tenant-database.service.js';
import { AdminChangeService, requireVersion } from '../../tenants/index.js';
import { walletId } from '../quota/quota.js';
import { ensureWallet } from './wallet-row.js';
import { walletView } from './wallet-view.js';
import type { UpdateWalletDto, WalletView } from './wallet.dto.js';

/** The wallets of organizations. What moves them is MovementsService. */
@Injectable()
export class WalletsService {
  constructor(
    private readonly database: TenantDatabaseService,
    private readonly changes: AdminChangeService,
  ) {}

  get(organizationId: string): Promise<WalletView> {
    const where = { id: walletId(organizationId), organizationId };
    return this.database.within(organizationId, async (transaction) =>
      walletView(organizationId, await transaction.quota.findFirst({ where })),
    );
  }

  /** A limit below what is overdrawn already refuses everything, and stands. @throws GatewayError precondition_failed */
  update(
    request: AdminRequest,
    organizationId: string,
    { credit_limit: creditLimit }: UpdateWalletDto,
  ): Promise<WalletView> {
    const where = { id: walletId(organizationId), organizationId };
    return this.changes.run(request, organizationId, async ({ transaction, record }) => {
      await ensureWallet(transaction, organizationId);
      const row = await transaction.quota.findUniqueOrThrow({ where });
      requireVersion(request, row.version);
      const data = { creditLimit, version: { increment: 1 } };
      const after = walletView(organizationId, await transaction.quota.update({ where, data }));
      record({
        action: 'wallet.update',
        targetKind: 'wallet',
        targetId: where.id,
        before: walletView(organizationId, row),
        after,
      });
      return after;
    });
  }
}
