import { Injectable } from '@nestjs/common';
import { Environment } from '../../../platform/env.js';
import type { BilledItem } from './bill.js';
import {
  addressOf,
  BILL_REPORTS,
  REPORT_ORIGINS,
  type BillReport,
  type ReportOrigin,
} from './bill-reports.js';
import { ReportDownloadClient } from './report-download.client.js';

const TIMEOUT_MS = 30_000;
const MAX_PAGES = 100;
/** Of a page, and of all pages of a report. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A provider whose bill can be asked for. */
export interface BillSource {
  readonly providerId: string;
  readonly origin: ReportOrigin;
}

/** What a provider says that it billed. */
export interface BilledDays {
  readonly items: readonly BilledItem[];
  /** Days (UTC) that it is about, also those that nothing was billed for. */
  readonly days: readonly string[];
}

/** Asks providers for their own reports of what they bill. */
@Injectable()
export class BillReportClient {
  constructor(
    private readonly environment: Environment,
    private readonly downloads: ReportDownloadClient,
  ) {}

  /** Those whose keys are set. */
  sources(): BillSource[] {
    return REPORT_ORIGINS.filter((origin) =>
      Boolean(BILL_REPORTS[origin].account(this.environment).key),
    ).map((origin) => ({ origin, providerId: BILL_REPORTS[origin].providerId }));
  }

  /**
   * What is billed from one time to another, whole days (UTC).
   * @throws BillError for a report of another form; Error where it is not given, too large or without end
   */
  async read({ origin }: BillSource, from: Date, to: Date): Promise<BilledDays> {
    const report: BillReport = BILL_REPORTS[origin];
    const { baseUrl, key = '' } = report.account(this.environment);
    const items: BilledItem[] = [];
    const days: string[] = [];
    let page: string | undefined;
    let size = 0;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const url = addressOf(report, baseUrl, { from, to, page });
      const limits = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS };
      const text = await this.downloads.text(url, report.headers(key), limits);
      size += Buffer.byteLength(text);
      if (size > MAX_BYTES)
        throw new Error(`the report ${origin} has more than ${MAX_BYTES} bytes on all its pages`);
      const next = report.readPage(text);
      items.push(...next.items);
      days.push(...next.days);
      page = next.nextPage;
      if (page === undefined) return { items, days };
    }
    throw new Error(`the report ${origin} does not end`);
  }
}
