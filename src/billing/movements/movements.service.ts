import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { parseUsd } from '../../core/money.js';
import { AdminChangeService } from '../../tenants/index.js';
import { accounts } from '../ledger/accounts.js';
import { MovementBookingService, type Movement } from './movement-booking.service.js';
import type { AdjustmentDto, PromotionDto, TopUpDto } from './movement.dto.js';
import { requireIdempotencyKey } from './require-idempotency-key.js';
import type { TransactionView } from './transaction.dto.js';

/** Money that operators put into wallets; what goes back is RefundsService. */
@Injectable()
export class MovementsService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly booking: MovementBookingService,
  ) {}

  /** @throws GatewayError invalid_parameter (Idempotency-Key), resource_conflict (external_id) */
  topUp(request: AdminRequest, organizationId: string, body: TopUpDto): Promise<TransactionView> {
    return this.move(request, organizationId, {
      kind: 'top_up',
      from: accounts.topUpClearing,
      to: accounts.wallet(organizationId),
      amount: parseUsd(body.amount),
      note: body.note ?? null,
      externalId: body.external_id,
    });
  }

  /** @throws GatewayError invalid_parameter (Idempotency-Key) */
  promote(
    request: AdminRequest,
    organizationId: string,
    { amount, note }: PromotionDto,
  ): Promise<TransactionView> {
    return this.move(request, organizationId, {
      kind: 'promotion',
      from: accounts.promotion,
      to: accounts.wallet(organizationId),
      amount: parseUsd(amount),
      note: note ?? null,
    });
  }

  /**
   * What is taken away may be more than the wallet has: it is below zero then, and nothing can be spent.
   * @throws GatewayError invalid_parameter (Idempotency-Key)
   */
  adjust(
    request: AdminRequest,
    organizationId: string,
    body: AdjustmentDto,
  ): Promise<TransactionView> {
    const amount = parseUsd(body.amount);
    const wallet = accounts.wallet(organizationId);
    const [from, to] = amount > 0n ? [accounts.writeOff, wallet] : [wallet, accounts.writeOff];
    return this.move(request, organizationId, {
      kind: 'adjustment',
      from,
      to,
      amount: amount > 0n ? amount : -amount,
      note: body.reason,
    });
  }

  private async move(
    request: AdminRequest,
    organizationId: string,
    movement: Movement,
  ): Promise<TransactionView> {
    requireIdempotencyKey(request);
    return this.changes.run(request, organizationId, (change) =>
      this.booking.book(request, change, organizationId, movement),
    );
  }
}
