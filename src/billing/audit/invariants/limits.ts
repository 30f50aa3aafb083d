import type { Invariant } from '../invariant.js';

/** What must hold of wallets, budgets and rates, and of what processes have leased of them. */
export const LIMIT_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I3',
    meaning: 'What is leased of a limit is the sum of its leases and holds',
    sql: `
      WITH held AS (
        SELECT quota_id, sum(amount) AS amount FROM (
          SELECT quota_id, granted FROM lease UNION ALL SELECT quota_id, amount FROM pending_hold
        ) AS parts(quota_id, amount) GROUP BY 1
      )
      SELECT coalesce(quota.id, quota_id) AS subject,
        format('%s is leased, %s is in hands', coalesce(leased, 0), coalesce(held.amount, 0)) AS detail
      FROM quota FULL JOIN held ON quota_id = quota.id
      WHERE $1::timestamptz IS NOT NULL AND coalesce(leased, 0) <> coalesce(held.amount, 0)
      LIMIT 1000`,
  },
  {
    id: 'I4',
    meaning: 'Nothing is spent beyond a wallet or a hard limit but what is on record as overrun',
    sql: `
      SELECT quota.id AS subject, format('%s of %s is spent, %s more than on record', spent, cap + credit_limit,
        spent - cap - credit_limit - excused.amount) AS detail
      FROM quota, LATERAL (
        SELECT coalesce(sum(amount), 0) AS amount FROM overrun
        WHERE quota_id = quota.id AND at >= to_timestamp(quota.period)) AS excused
      WHERE $1::timestamptz IS NOT NULL AND enforcement = 'hard' AND deleted_at IS NULL
        AND spent > cap + credit_limit + excused.amount
      LIMIT 1000`,
  },
  {
    id: 'I11',
    meaning: 'What is spent of a limit is the sum of what calls used of it in the period',
    sql: `
      WITH touched AS (
        SELECT organization_id FROM usage_event WHERE recorded_at >= $1
        UNION SELECT organization_id FROM quota WHERE $1 = '-infinity'
      ), used AS (
        SELECT quota_id, period, sum(amount) AS amount FROM (
          SELECT quota_id, period, amount FROM limit_uses_since($1)
          UNION ALL SELECT subject, period, amount FROM audit_standing WHERE $1 > '-infinity'
        ) AS part GROUP BY 1, 2
      )
      SELECT quota.id AS subject, format('%s is spent, calls used %s', spent, coalesce(amount, 0)) AS detail
      FROM touched JOIN quota USING (organization_id)
        LEFT JOIN used ON used.quota_id = quota.id AND used.period = quota.period
      WHERE spent <> coalesce(amount, 0)
      LIMIT 1000`,
  },
  {
    id: 'I16',
    meaning:
      'What is leased is in the hands of a process that lives or whose journal is waited for',
    sql: `
      SELECT format('%s of %s', quota_id, process_id) AS subject,
        format('%s is leased by a process that is %s, its deadline was %s', granted, coalesce(state, 'unknown'), deadline)
          AS detail
      FROM lease LEFT JOIN process ON process.id = process_id
      WHERE $1::timestamptz IS NOT NULL AND granted > 0 AND (state IS NULL OR state = 'dead'
        OR (state = 'alive' AND deadline < clock_timestamp() - interval '1 minute'))
      LIMIT 1000`,
  },
];
