import { Injectable } from '@nestjs/common';
import type { AdminRequest } from '../../../core/admin.js';
import { invalidParameter } from '../../../core/errors.js';
import { parseUsd } from '../../../core/money.js';
import { AdminChangeService } from '../../../tenants/index.js';
import { requireIdempotencyKey } from '../../movements/require-idempotency-key.js';
import { BillError, isDay, type BilledItem } from './bill.js';
import { billDatabaseOfTransaction } from './bill-database.adapter.js';
import { BillReconciliationService } from './bill-reconciliation.service.js';
import { readCsvBill } from './csv-bill.js';
import type { BillLineDto, ReconciliationDto, ReconciliationView } from './reconciliation.dto.js';

/** Takes bills from operators. */
@Injectable()
export class ReconciliationsService {
  constructor(
    private readonly changes: AdminChangeService,
    private readonly bills: BillReconciliationService,
  ) {}

  /** @throws GatewayError invalid_parameter (Idempotency-Key, csv, lines) naming the line that cannot be taken */
  async reconcile(request: AdminRequest, body: ReconciliationDto): Promise<ReconciliationView> {
    requireIdempotencyKey(request);
    const { provider_id: providerId, csv } = body;
    if ((body.lines === undefined) === (csv === undefined))
      throw invalidParameter('lines', 'Send lines or csv.');
    const origin = csv === undefined ? 'lines' : 'csv';
    return inOurWords(origin, async () => {
      const items = csv === undefined ? (body.lines ?? []).map(itemOf) : readCsvBill(csv);
      return this.changes.run(request, null, async ({ transaction, record }) => {
        const database = billDatabaseOfTransaction(transaction);
        const comparison = await this.bills.reconcile(database, {
          providerId,
          origin,
          items,
          strictness: 'known_models_only',
        });
        const { differences, ...sums } = comparison;
        record({
          action: 'reconciliation.create',
          targetKind: 'provider',
          targetId: providerId,
          after: sums,
        });
        return {
          object: 'reconciliation' as const,
          provider_id: providerId,
          ...sums,
          differences: [...differences],
        };
      });
    });
  }
}

function itemOf({ day, model, amount }: BillLineDto, at: number): BilledItem {
  if (!isDay(day)) throw new BillError(at + 1, `${JSON.stringify(day)} is no day`);
  return { day, item: model, amount: parseUsd(amount), line: at + 1 };
}

async function inOurWords<T>(param: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BillError) throw invalidParameter(param, `${param}, ${error.message}.`);
    throw error;
  }
}
