import { plainDecimal } from '../../../core/decimal-text.js';
import { isObject, type JsonObject } from '../../../core/json-object.js';
import type { PicoUsd } from '../../../core/money.js';
import { BillError, dayOf, isDay, parseBilledUsd, type BilledItem } from './bill.js';
import { parseWithExactAmounts } from './exact-json.js';

/** A page of a provider's own cost report. */
export interface ReportPage {
  readonly items: readonly BilledItem[];
  /** Days (UTC) that the page is about, also those that nothing was billed for. */
  readonly days: readonly string[];
  /** Of the page after this one; undefined of the last one. */
  readonly nextPage: string | undefined;
}

/**
 * Reads a page of OpenAI's `GET /v1/organization/costs?group_by=line_item`: dollars by day and line item, such as
 * "gpt-4o-2024-08-06, input".
 * @throws BillError where it has another form
 */
export function readOpenAiCosts(text: string): ReportPage {
  const dayOfBucket: ReadDay = ({ start_time: start }, place) => {
    if (typeof start !== 'number') throw new BillError(place, 'has no start_time');
    return dayOf(start);
  };
  return readReport(text, dayOfBucket, (day, result, place) => {
    const amount = isObject(result['amount']) ? result['amount'] : {};
    if (String(amount['currency']).toLowerCase() !== 'usd')
      throw new BillError(place, 'is not in USD');
    const item = typeof result['line_item'] === 'string' ? result['line_item'] : '';
    return {
      day,
      item: item.split(',')[0]?.trim() ?? '',
      amount: amountOf(amount['value'], 0, place),
      line: place,
    };
  });
}

/**
 * Reads a page of Anthropic's `GET /v1/organizations/cost_report?group_by[]=description`: cents by day and model.
 * @throws BillError where it has another form
 */
export function readAnthropicCostReport(text: string): ReportPage {
  const dayOfBucket: ReadDay = ({ starting_at: start }, place) => {
    const day = String(start).slice(0, 10);
    if (!isDay(day)) throw new BillError(place, 'has no starting_at');
    return day;
  };
  return readReport(text, dayOfBucket, (day, result, place) => {
    if (result['currency'] !== 'USD') throw new BillError(place, 'is not in USD');
    const { model, amount } = result;
    return {
      day,
      item: typeof model === 'string' ? model : '',
      amount: amountOf(amount, -2, place),
      line: place,
    };
  });
}

type ReadDay = (bucket: JsonObject, place: number) => string;
type ReadResult = (day: string, result: JsonObject, place: number) => BilledItem;

/** Both reports are pages of buckets of a day with results. Items are numbered within the page. */
function readReport(text: string, dayOfBucket: ReadDay, read: ReadResult): ReportPage {
  const page = parsed(text);
  const items: BilledItem[] = [];
  const days: string[] = [];
  if (!isObject(page) || !Array.isArray(page['data'])) throw new BillError(1, 'is no cost report');
  for (const bucket of page['data'] as unknown[]) {
    const results = isObject(bucket) ? bucket['results'] : undefined;
    if (!isObject(bucket) || !Array.isArray(results)) throw new BillError(1, 'is no cost report');
    const day = dayOfBucket(bucket, items.length + 1);
    days.push(day);
    for (const result of results as unknown[]) {
      const place = items.length + 1;
      if (!isObject(result)) throw new BillError(place, 'is no cost');
      items.push(read(day, result, place));
    }
  }
  const { has_more: hasMore, next_page: next } = page;
  if (hasMore === true && typeof next !== 'string') throw new BillError(1, 'names no next page');
  return { items, days, nextPage: hasMore === true ? String(next) : undefined };
}

function parsed(text: string): unknown {
  try {
    return parseWithExactAmounts(text);
  } catch {
    throw new BillError(1, 'is no JSON');
  }
}

function amountOf(value: unknown, shift: number, place: number): PicoUsd {
  const plain = typeof value === 'string' ? plainDecimal(value, shift) : undefined;
  if (plain === undefined) throw new BillError(place, 'has no amount');
  return parseBilledUsd(plain);
}
