import { GatewayError } from '../../core/errors.js';

const LAST_YEAR = 9999;
/** A day, or all of a month or year, whose first day is meant. */
const DATE = /^\d{4}(?:-\d{2}){0,2}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}(?::?\d{2})?)$/;

/**
 * A moment in ISO 8601 that Postgres can hold and people can read; undefined for any other text. A date is its midnight
 * in UTC, as in ECMAScript's date time string format. A time without `Z` or an offset is none: it would mean another
 * moment on a machine in another time zone.
 */
export function toMoment(text: string): Date | undefined {
  const [, date = text, clock, offset = ''] = TIME.exec(text) ?? [];
  if (!isDate(date)) return undefined;
  const moment = new Date(clock === undefined ? date : `${date}T${clock}${wholeOffset(offset)}`);
  const year = moment.getUTCFullYear();
  return year >= 0 && year <= LAST_YEAR ? moment : undefined;
}

/** Whether there is such a day; a Date would take the 30th of February for the 2nd of March. */
function isDate(date: string): boolean {
  if (!DATE.test(date)) return false;
  const day = new Date(date);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** An offset with colon and minutes, as a Date wants it: `+01` and `+0100` are `+01:00`. */
function wholeOffset(offset: string): string {
  if (offset === 'Z') return offset;
  const minutes = offset.slice(3).replace(':', '');
  return `${offset.slice(0, 3)}:${minutes === '' ? '00' : minutes}`;
}

/**
 * The moment that a field names, undefined where there is none.
 * @throws GatewayError invalid_parameter naming the field
 */
export function momentOf(name: string, text: string | null | undefined): Date | undefined {
  if (text === undefined || text === null) return undefined;
  const moment = toMoment(text);
  if (moment) return moment;
  throw new GatewayError('invalid_parameter', {
    param: name,
    message: `${name} must be a date such as 2026-01-31, or a time with Z or an offset such as 2026-01-31T08:00:00Z.`,
  });
}

/** The same for a moment that must lie ahead of `now`. @throws GatewayError invalid_parameter naming the field */
export function futureMomentOf(
  name: string,
  text: string | null | undefined,
  now: Date,
): Date | undefined {
  const moment = momentOf(name, text);
  if (moment === undefined || moment > now) return moment;
  throw new GatewayError('invalid_parameter', {
    param: name,
    message: `${name} must be in the future.`,
  });
}
