import { GatewayError } from '../../core/errors.js';

/**
 * The moment that a query parameter names, undefined where there is none. ISO 8601 has forms that no Date can be made of.
 * @throws GatewayError invalid_parameter naming the parameter
 */
export function momentOf(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new GatewayError('invalid_parameter', {
    param: name,
    message: `${name} must be a date or a time such as 2026-01-31T08:00:00Z.`,
  });
}
