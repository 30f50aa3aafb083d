import { Injectable } from '@nestjs/common';
import { Environment } from '../../../platform/env.js';
import type { BilledItem } from './bill.js';
import { readAnthropicCostReport, readOpenAiCosts, type ReportPage } from './provider-reports.js';

const TIMEOUT_MS = 30_000;
const MAX_PAGES = 100;
const SECOND_MS = 1_000;

/** A provider whose bill can be asked for. */
export interface BillSource {
  readonly providerId: 'openai' | 'anthropic';
  readonly origin: 'openai_costs' | 'anthropic_cost_report';
}

/** Asks providers for their own reports of what they bill. */
@Injectable()
export class BillReportClient {
  constructor(private readonly environment: Environment) {}

  /** Those whose keys are set. */
  sources(): BillSource[] {
    const { OPENAI_ADMIN_KEY, ANTHROPIC_ADMIN_KEY } = this.environment;
    const sources: BillSource[] = [];
    if (OPENAI_ADMIN_KEY) sources.push({ providerId: 'openai', origin: 'openai_costs' });
    if (ANTHROPIC_ADMIN_KEY)
      sources.push({ providerId: 'anthropic', origin: 'anthropic_cost_report' });
    return sources;
  }

  /**
   * What is billed from one time to another, whole days (UTC).
   * @throws BillError for a report of another form; Error where it is not given
   */
  async read({ origin }: BillSource, from: Date, to: Date): Promise<BilledItem[]> {
    const items: BilledItem[] = [];
    let page: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const next: ReportPage =
        origin === 'openai_costs'
          ? readOpenAiCosts(await this.openAi(from, to, page))
          : readAnthropicCostReport(await this.anthropic(from, to, page));
      items.push(...next.items);
      page = next.nextPage;
      if (page === undefined) return items;
    }
    throw new Error(`the report ${origin} does not end`);
  }

  private openAi(from: Date, to: Date, page: string | undefined): Promise<string> {
    const url = new URL(`${this.environment.OPENAI_ADMIN_BASE_URL}/organization/costs`);
    url.searchParams.set('start_time', String(from.getTime() / SECOND_MS));
    url.searchParams.set('end_time', String(to.getTime() / SECOND_MS));
    url.searchParams.set('group_by', 'line_item');
    if (page !== undefined) url.searchParams.set('page', page);
    return get(url, { authorization: `Bearer ${this.environment.OPENAI_ADMIN_KEY ?? ''}` });
  }

  private anthropic(from: Date, to: Date, page: string | undefined): Promise<string> {
    const url = new URL(`${this.environment.ANTHROPIC_ADMIN_BASE_URL}/organizations/cost_report`);
    url.searchParams.set('starting_at', from.toISOString());
    url.searchParams.set('ending_at', to.toISOString());
    url.searchParams.append('group_by[]', 'description');
    if (page !== undefined) url.searchParams.set('page', page);
    return get(url, {
      'x-api-key': this.environment.ANTHROPIC_ADMIN_KEY ?? '',
      'anthropic-version': '2023-06-01',
    });
  }
}

async function get(url: URL, headers: Readonly<Record<string, string>>): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // A key of an administrator goes nowhere else.
  const response = await fetch(url, { headers, signal, redirect: 'error' });
  if (!response.ok) throw new Error(`${url.host} answers ${response.status} for its cost report`);
  return response.text();
}
