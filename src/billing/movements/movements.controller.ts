import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { AdminGuard, Caller } from '../../tenants/index.js';
import { AdjustmentDto, PromotionDto, RefundDto, TopUpDto } from './movement.dto.js';
import { MovementsService } from './movements.service.js';
import { RefundsService } from './refunds.service.js';
import { TransactionList, TransactionQueryDto, TransactionView } from './transaction.dto.js';
import { TransactionsService } from './transactions.service.js';

/** Every movement needs an Idempotency-Key. */
@Controller('admin/v1/organizations/:organization_id/wallet')
@UseGuards(AdminGuard)
export class MovementsController {
  constructor(
    private readonly movements: MovementsService,
    private readonly refunds: RefundsService,
    private readonly transactions: TransactionsService,
  ) {}

  /** Lists the ledger transactions that moved the wallet, newest first. */
  @Get('transactions')
  list(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Query() query: TransactionQueryDto,
  ): Promise<TransactionList> {
    return this.transactions.list(caller, organizationId, query);
  }

  /** Credits a payment of the organization. */
  @Post('top-ups')
  topUp(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: TopUpDto,
  ): Promise<TransactionView> {
    return this.movements.topUp(caller, organizationId, body);
  }

  /** Gives credit away. */
  @Post('promotions')
  promote(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: PromotionDto,
  ): Promise<TransactionView> {
    return this.movements.promote(caller, organizationId, body);
  }

  /** Corrects the wallet, up or down. */
  @Post('adjustments')
  adjust(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: AdjustmentDto,
  ): Promise<TransactionView> {
    return this.movements.adjust(caller, organizationId, body);
  }

  /** Gives back what a call was charged, or takes out what was paid back of a top-up. */
  @Post('refunds')
  refund(
    @Caller() caller: AdminRequest,
    @Param('organization_id') organizationId: string,
    @Body() body: RefundDto,
  ): Promise<TransactionView> {
    return this.refunds.refund(caller, organizationId, body);
  }
}
