import { invalidParameter } from '../../core/errors.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { momentOf } from '../../platform/validation/moment.js';
import type { BudgetPeriod, CreateBudgetDto } from './budget.dto.js';

/** Windows are counted from an anchor; one far from any use would only be a slip. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 2999;

/** The tag that a budget is for. @throws GatewayError invalid_parameter (tag_name, tag_value) */
export function tagOf({ scope, tag_name: name, tag_value: value }: CreateBudgetDto): {
  tagName: string | null;
  tagValue: string | null;
} {
  if (scope === 'tag') {
    if (name === undefined) throw invalidParameter('tag_name', 'tag_name must name the tag.');
    // Names of tags are those of headers, which have no case.
    return { tagName: name.toLowerCase(), tagValue: value ?? null };
  }
  const given = name === undefined ? 'tag_value' : 'tag_name';
  if (name === undefined && value === undefined) return { tagName: null, tagValue: null };
  throw invalidParameter(given, `${given} is for the scope tag.`);
}

/** The anchor of a budget with this period. @throws GatewayError invalid_parameter (anchor) */
export function anchorOf(period: BudgetPeriod, text: string | null | undefined): Date | null {
  const anchor = momentOf('anchor', text) ?? null;
  requireAnchorFor(period, anchor);
  return anchor;
}

/** @throws GatewayError invalid_parameter (anchor) for one that this period does not have */
export function requireAnchorFor(period: BudgetPeriod, anchor: Date | null): void {
  if (anchor === null) return;
  if (period === 'total')
    throw invalidParameter('anchor', 'A total has no anchor: it never begins anew.');
  const year = anchor.getUTCFullYear();
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw invalidParameter(
      'anchor',
      `anchor must be between the years ${FIRST_YEAR} and ${LAST_YEAR}.`,
    );
}

/**
 * Lets a time zone pass that both Postgres and JavaScript know, by its IANA name as it is written there: not an offset,
 * nor an abbreviation or a rule that Postgres alone would take. @throws GatewayError invalid_parameter (time_zone)
 */
export async function requireTimeZone(
  transaction: Prisma.TransactionClient,
  zone: string | undefined,
): Promise<void> {
  if (zone === undefined || zone === 'UTC') return;
  if (isTimeZone(zone)) {
    const rows = await transaction.$queryRaw<unknown[]>`
      SELECT FROM pg_timezone_names WHERE name = ${zone}`;
    if (rows.length > 0) return;
  }
  throw invalidParameter('time_zone', 'time_zone must be an IANA name such as Europe/Berlin.');
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
