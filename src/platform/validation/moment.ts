import { GatewayError } from '../../core/errors.js';

const LAST_YEAR = 9999;

/** A moment in ISO 8601 that Postgres can hold and people can read; undefined for any other text. */
export function toMoment(text: string): Date | undefined {
  const moment = new Date(text);
  const year = moment.getUTCFullYear();
  return year >= 0 && year <= LAST_YEAR ? moment : undefined;
}

/**
 * The moment that a field names, undefined where there is none. ISO 8601 has forms that no Date can be made of.
 * @throws GatewayError invalid_parameter naming the field
 */
export function momentOf(name: string, text: string | null | undefined): Date | undefined {
  if (text === undefined || text === null) return undefined;
  const moment = toMoment(text);
  if (moment) return moment;
  throw new GatewayError('invalid_parameter', {
    param: name,
    message: `${name} must be a date or a time such as 2026-01-31T08:00:00Z.`,
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
