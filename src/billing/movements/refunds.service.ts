import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../core/admin.js';
import { GatewayError } from '../../core/errors.js';
import { formatUsd, parseUsd, type PicoUsd } from '../../core/money.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { decimalText } from '../../platform/decimal.js';
import { AdminChangeService, type AdminChange } from '../../tenants/index.js';
import { accounts } from '../ledger/accounts.js';
import { MovementBookingService, transactionId } from './movement-booking.service.js';
import type { RefundDto } from './movement.dto.js';
import { requireIdempotencyKey } from './require-idempotency-key.js';
import type { TransactionView } from './transaction.dto.js';

interface Refund {
  readonly of: string;
  readonly amount: PicoUsd;
  readonly reason: string;
}

/** What the SQL function refund_call answers. */
interface RefundAnswer {
  readonly state: 'refunded' | 'repeated' | 'unknown' | 'exceeds';
  readonly refundable?: string;
}

/** Money that goes back. Changes of one organization happen one after the other, so no two can give back the same. */
@Injectable()
export class RefundsService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly booking: MovementBookingService,
  ) {}

  /**
   * Gives back what a call was charged, or takes out of the wallet what was paid back of a top-up.
   * @throws GatewayError invalid_parameter (Idempotency-Key, call_id, amount), resource_not_found (call_id,
   *   transaction_id)
   */
  async refund(
    request: AdminRequest,
    organizationId: string,
    body: RefundDto,
  ): Promise<TransactionView> {
    requireIdempotencyKey(request);
    const { call_id: call, transaction_id: topUp, reason } = body;
    if ((call === undefined) === (topUp === undefined)) throw oneOfTwo();
    const amount = parseUsd(body.amount);
    return this.changes.run(request, organizationId, (change) =>
      call === undefined
        ? this.refundTopUp(request, change, organizationId, { of: topUp ?? '', amount, reason })
        : this.refundCall(request, change, organizationId, { of: call, amount, reason }),
    );
  }

  private async refundCall(
    request: AdminRequest,
    change: AdminChange,
    organizationId: string,
    { of, amount, reason }: Refund,
  ): Promise<TransactionView> {
    const { transaction } = change;
    const known = await transaction.usageEvent.findFirst({ where: { callId: of, organizationId } });
    if (!known) throw notFound('call_id', 'call');
    const source = this.booking.newSource();
    const [row] = await transaction.$queryRaw<{ answer: RefundAnswer }[]>`
      SELECT refund_call(${source}, ${of}, ${formatUsd(amount)}::numeric,
        date_trunc('milliseconds', clock_timestamp())) AS answer`;
    if (row?.answer.state === 'exceeds') throw tooMuch(parseUsd(row.answer.refundable ?? '0'));
    if (row?.answer.state !== 'refunded') throw new Error(`no refund of ${of}`);
    const id = transactionId('refund', source);
    return this.booking.remark(request, change, organizationId, id, { note: reason });
  }

  private async refundTopUp(
    request: AdminRequest,
    change: AdminChange,
    organizationId: string,
    { of, amount, reason }: Refund,
  ): Promise<TransactionView> {
    const left = await leftOfTopUp(change.transaction, organizationId, of);
    if (amount > left) throw tooMuch(left);
    return this.booking.book(request, change, organizationId, {
      kind: 'top_up_refund',
      from: accounts.wallet(organizationId),
      to: accounts.topUpClearing,
      amount,
      note: reason,
      refundedId: of,
    });
  }
}

/** What was paid with a top-up, less what went back of it. @throws GatewayError resource_not_found (transaction_id) */
async function leftOfTopUp(
  transaction: Prisma.TransactionClient,
  organizationId: string,
  id: string,
): Promise<PicoUsd> {
  const known = await transaction.ledgerTransaction.findFirst({
    where: { id, organizationId, kind: 'top_up' },
  });
  if (!known) throw notFound('transaction_id', 'top-up');
  const refunds = await transaction.walletMovement.findMany({
    where: { organizationId, refundedId: id },
  });
  const lines = await transaction.posting.findMany({
    where: {
      account: accounts.wallet(organizationId),
      transactionId: { in: [id, ...refunds.map((refund) => refund.transactionId)] },
    },
  });
  return lines.reduce((sum, { amount }) => sum + parseUsd(decimalText(amount)), 0n);
}

function oneOfTwo(): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'call_id',
    message: 'Name what is given back: a call by call_id, or a top-up by transaction_id.',
  });
}

function notFound(param: string, what: string): GatewayError {
  return new GatewayError('resource_not_found', { param, message: `There is no such ${what}.` });
}

function tooMuch(left: PicoUsd): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'amount',
    message: `amount is more than can be given back: ${formatUsd(left > 0n ? left : 0n)} USD.`,
  });
}
