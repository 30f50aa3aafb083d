import { Injectable } from '@nestjs/common';
import { invalidParameter } from '../../../core/errors.js';
import { TenantDatabaseService } from '../../../platform/tenant-database.service.js';
import { isDay } from './bill.js';
import type { DriftQueryDto, DriftRowView, DriftView } from './drift.dto.js';

const MONTH_MS = 30 * 24 * 3_600_000;
const LONGEST_DAYS = 400;
const DAY_MS = 24 * 3_600_000;

/** Tells how far providers' bills are from the books. */
@Injectable()
export class DriftService {
  constructor(private readonly database: TenantDatabaseService) {}

  /** The last 30 days unless it is said otherwise. @throws GatewayError invalid_parameter (from, to) */
  report(query: DriftQueryDto): Promise<DriftView> {
    const to = query.to ?? new Date().toISOString().slice(0, 10);
    const from = query.from ?? dayBefore(to);
    requireDay('from', from);
    requireDay('to', to);
    if (from > to || Date.parse(to) - Date.parse(from) > LONGEST_DAYS * DAY_MS)
      throw invalidParameter('from', `from must be at most ${LONGEST_DAYS} days before to.`);
    return this.database.everywhere(async (transaction) => {
      const data = await transaction.$queryRaw<DriftRowView[]>`
        SELECT provider_id, bill_line.model_id, bill_line.day::text AS day,
          trim_scale(bill_line.amount)::text AS billed, trim_scale(coalesce(booked.amount, 0))::text AS booked,
          trim_scale(bill_line.amount - coalesce(booked.amount, 0))::text AS drift
        FROM bill_line LEFT JOIN LATERAL (
          SELECT amount FROM booked_by_day(provider_id, bill_line.day, bill_line.day) AS b
          WHERE b.model_id = bill_line.model_id) AS booked ON true
        WHERE bill_line.day BETWEEN ${from}::date AND ${to}::date
          AND provider_id = coalesce(${query.provider_id ?? null}, provider_id)
        ORDER BY provider_id, bill_line.model_id, bill_line.day LIMIT 10000`;
      return { object: 'drift_report' as const, from, to, data };
    });
  }
}

function dayBefore(to: string): string {
  requireDay('to', to);
  return new Date(Date.parse(to) - MONTH_MS).toISOString().slice(0, 10);
}

function requireDay(name: string, text: string): void {
  if (!isDay(text)) throw invalidParameter(name, `${name} must be a day such as 2026-01-31.`);
}
