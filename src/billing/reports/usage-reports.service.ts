import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { toCsv, type Cell } from './csv.js';
import { reportTerms, type ReportQuery, type ReportTerms } from './report-terms.js';
import { csvNames, csvRow, reportRow, sumOfGroups } from './usage-report.js';
import type { UsageReport } from './usage-report.dto.js';
import { UsageTotalsService } from './usage-totals.service.js';
import type { UsageTotals } from './usage-totals.js';

/** As many groups as an answer in JSON holds. */
const MOST_GROUPS = 10_000;
const BATCH = 20_000;

/** Who asks for a report on what. */
export interface ReportRequest {
  /** Undefined: all. */
  readonly organizationId: string | undefined;
  readonly query: ReportQuery;
  /** Whether to show what the platform pays its providers. */
  readonly isWhole: boolean;
}

/** Usage and cost by group, out of the hourly totals. */
@Injectable()
export class UsageReportsService {
  constructor(private readonly totals: UsageTotalsService) {}

  /**
   * All groups at once, of one moment, with their sum.
   * @throws GatewayError invalid_parameter, for more groups than an answer holds too; overloaded
   */
  async report({ organizationId, query, isWhole }: ReportRequest): Promise<UsageReport> {
    const terms = reportTerms(query, new Date());
    const rows = await this.totals.read(organizationId, terms, MOST_GROUPS + 1);
    if (rows.length > MOST_GROUPS) throw tooMany();
    return {
      object: 'list',
      group_by: query.group_by ?? [],
      since: terms.window.since.toISOString(),
      until: terms.window.until.toISOString(),
      time_zone: terms.timeZone,
      data: rows.map((row) => reportRow(terms.groups, row, isWhole)),
      total: sumOfGroups(rows, isWhole),
      has_more: false,
      next_cursor: null,
    };
  }

  /**
   * The groups as CSV, as many as there are. They are read in batches, each of its own moment; where a later one
   * fails, the stream does.
   * @throws GatewayError while nothing was given: invalid_parameter, overloaded
   */
  async csv({ organizationId, query, isWhole }: ReportRequest): Promise<Readable> {
    const terms = reportTerms(query, new Date());
    const first = await this.totals.read(organizationId, terms, BATCH);
    const rows = this.following(organizationId, terms, isWhole, first);
    return toCsv(csvNames(query.group_by ?? [], isWhole), rows);
  }

  private async *following(
    organizationId: string | undefined,
    terms: ReportTerms,
    isWhole: boolean,
    first: readonly UsageTotals[],
  ): AsyncGenerator<readonly Cell[], void, void> {
    let batch = first;
    for (;;) {
      for (const row of batch) yield csvRow(row, isWhole);
      const last = batch.at(-1);
      if (!last || batch.length < BATCH) return;
      batch = await this.totals.read(organizationId, terms, BATCH, last.keys);
    }
  }
}

function tooMany(): GatewayError {
  return new GatewayError('invalid_parameter', {
    param: 'group_by',
    message: `There are more than ${MOST_GROUPS} groups. Narrow the report by since, until or a filter, or ask for it as CSV.`,
  });
}
