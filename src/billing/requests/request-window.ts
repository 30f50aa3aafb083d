import { momentOf } from '../../platform/validation/moment.js';

const DEFAULT_DAYS = 31;
const DAY_MS = 86_400_000;

/** From `since` on, and before `until`. */
export interface TimeWindow {
  readonly since: Date | undefined;
  readonly until: Date | undefined;
}

/**
 * The time that a query is about; where it names none, the 31 days before `now`.
 * @throws GatewayError invalid_parameter (since, until)
 */
export function windowOf(
  query: { readonly since?: string; readonly until?: string },
  now: Date,
): TimeWindow {
  const since = momentOf('since', query.since);
  const until = momentOf('until', query.until);
  if (since ?? until) return { since, until };
  return { since: new Date(now.getTime() - DEFAULT_DAYS * DAY_MS), until };
}
