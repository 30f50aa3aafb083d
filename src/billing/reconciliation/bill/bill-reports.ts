import type { Environment } from '../../../platform/env.js';
import { readAnthropicCostReport, readOpenAiCosts, type ReportPage } from './provider-reports.js';

const SECOND_MS = 1_000;

/** What is asked for: whole days (UTC), and the page of them that the one before it named. */
export interface ReportSpan {
  readonly from: Date;
  readonly to: Date;
  readonly page: string | undefined;
}

/** How a provider's own report of what it bills is asked for and read. */
export interface BillReport {
  readonly providerId: string;
  /** The address and the administrator's key out of the settings. Without a key nobody asks. */
  account(environment: Environment): { readonly baseUrl: string; readonly key: string | undefined };
  /** The path below the address. */
  readonly path: string;
  /** What is undefined is left out. */
  query(span: ReportSpan): Readonly<Record<string, string | undefined>>;
  headers(key: string): Readonly<Record<string, string>>;
  /** @throws BillError for a report of another form */
  readPage(text: string): ReportPage;
}

/** The reports that are known, by the origin under which their bills are kept. A further one is an entry here. */
export const BILL_REPORTS = {
  openai_costs: {
    providerId: 'openai',
    account: ({ OPENAI_ADMIN_BASE_URL, OPENAI_ADMIN_KEY }) => ({
      baseUrl: OPENAI_ADMIN_BASE_URL,
      key: OPENAI_ADMIN_KEY,
    }),
    path: '/organization/costs',
    query: ({ from, to, page }) => ({
      start_time: String(from.getTime() / SECOND_MS),
      end_time: String(to.getTime() / SECOND_MS),
      group_by: 'line_item',
      page,
    }),
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    readPage: readOpenAiCosts,
  },
  anthropic_cost_report: {
    providerId: 'anthropic',
    account: ({ ANTHROPIC_ADMIN_BASE_URL, ANTHROPIC_ADMIN_KEY }) => ({
      baseUrl: ANTHROPIC_ADMIN_BASE_URL,
      key: ANTHROPIC_ADMIN_KEY,
    }),
    path: '/organizations/cost_report',
    query: ({ from, to, page }) => ({
      starting_at: from.toISOString(),
      ending_at: to.toISOString(),
      'group_by[]': 'description',
      page,
    }),
    headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
    readPage: readAnthropicCostReport,
  },
} as const satisfies Readonly<Record<string, BillReport>>;

export type ReportOrigin = keyof typeof BILL_REPORTS;

export const REPORT_ORIGINS = Object.keys(BILL_REPORTS) as readonly ReportOrigin[];

/** The address of a page of a report. */
export function addressOf(report: BillReport, baseUrl: string, span: ReportSpan): URL {
  const url = new URL(baseUrl + report.path);
  for (const [name, value] of Object.entries(report.query(span)))
    if (value !== undefined) url.searchParams.set(name, value);
  return url;
}
