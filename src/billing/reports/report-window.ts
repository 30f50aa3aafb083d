import { invalidParameter, type GatewayError } from '../../core/errors.js';
import { momentOf } from '../../platform/validation/moment.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_DAYS = 31;
const LONGEST_DAYS = 36_600;
/** More often than clocks change: no zone has another offset for less than this. */
const SAMPLE_MS = 28 * DAY_MS;

/** From `since` on, and before `until`; both are whole hours. */
export interface ReportWindow {
  readonly since: Date;
  readonly until: Date;
}

/**
 * The hours that a report covers; without `until` up to the end of the hour of `now`, without `since` 31 days.
 * @throws GatewayError invalid_parameter (since, until)
 */
export function reportWindow(
  query: { readonly since?: string; readonly until?: string },
  now: Date,
): ReportWindow {
  const until = wholeHour('until', query.until) ?? endOfHour(now);
  const since =
    wholeHour('since', query.since) ?? new Date(until.getTime() - DEFAULT_DAYS * DAY_MS);
  if (since >= until) throw invalidParameter('since', 'since must be before until.');
  if (until.getTime() - since.getTime() > LONGEST_DAYS * DAY_MS)
    throw invalidParameter('since', 'A report covers 100 years at most.');
  return { since, until };
}

/**
 * Lets a time zone pass whose days begin at whole hours of UTC within a window: totals are kept by the hour.
 * @throws GatewayError invalid_parameter (time_zone)
 */
export function requireWholeHours(zone: string, { since, until }: ReportWindow): void {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, minute: 'numeric' });
  const isWhole = (ms: number): boolean => Number(format.format(ms)) === 0;
  for (let ms = since.getTime(); ms < until.getTime(); ms += SAMPLE_MS)
    if (!isWhole(ms)) throw notWhole(zone);
  if (!isWhole(until.getTime() - HOUR_MS)) throw notWhole(zone);
}

function wholeHour(name: string, text: string | undefined): Date | undefined {
  const moment = momentOf(name, text);
  if (moment === undefined || moment.getTime() % HOUR_MS === 0) return moment;
  throw invalidParameter(name, `${name} must be a whole hour of UTC such as 2026-01-31T08:00:00Z.`);
}

function endOfHour(moment: Date): Date {
  return new Date((Math.floor(moment.getTime() / HOUR_MS) + 1) * HOUR_MS);
}

function notWhole(zone: string): GatewayError {
  return invalidParameter('time_zone', `Days of ${zone} do not begin at whole hours of UTC.`);
}
