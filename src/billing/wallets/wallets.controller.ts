import { Body, Controller, Get, Param, Patch, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { AdminGuard, Caller } from '../../tenants/index.js';
import { UpdateWalletDto, WalletView } from './wallet.dto.js';
import { WalletsService } from './wallets.service.js';

@Controller('admin/v1/organizations/:organization_id/wallet')
@UseGuards(AdminGuard)
export class WalletsController {
  constructor(private readonly wallets: WalletsService) {}

  /** Shows what an organization has and may spend. */
  @Get()
  get(@Param('organization_id') organizationId: string): Promise<WalletView> {
    return this.wallets.get(organizationId);
  }

  /** Sets how far the wallet may be overdrawn. */
  @Patch()
  update(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: UpdateWalletDto,
  ): Promise<WalletView> {
    return this.wallets.update(caller, organizationId, body);
  }
}
