import type { Invariant } from '../invariant.js';

/** What must not stay open, and what must not come in twice. */
export const SETTLEMENT_INVARIANTS: readonly Invariant[] = [
  // Not of top_up_clearing: it mirrors what tenants have paid, and no booking takes that out again (decision 0025).
  {
    id: 'I10',
    meaning: 'What a bill differs by is cleared within 35 days',
    sql: `
      SELECT t.source AS subject, format('%s in suspense since %s', sum(p.amount), min(t.recorded_at)) AS detail
      FROM posting AS p CROSS JOIN LATERAL (
        SELECT source, recorded_at FROM ledger_transaction WHERE id = p.transaction_id LIMIT 1) AS t
      WHERE $1::timestamptz IS NOT NULL AND p.account = 'suspense'
      GROUP BY t.source HAVING sum(p.amount) <> 0 AND min(t.recorded_at) < clock_timestamp() - interval '35 days'
      LIMIT 1000`,
  },
  {
    id: 'I14',
    meaning: 'An external payment is credited once',
    sql: `
      SELECT external_id AS subject, format('credited %s times', count(*)) AS detail
      FROM wallet_movement WHERE $1::timestamptz IS NOT NULL AND external_id IS NOT NULL
      GROUP BY external_id HAVING count(*) > 1
      UNION ALL
      SELECT source, format('credited %s times', count(*))
      FROM ledger_transaction WHERE kind = 'top_up' GROUP BY source HAVING count(*) > 1
      LIMIT 1000`,
  },
  {
    id: 'I15',
    meaning: 'An estimate is looked at within 24 hours',
    sql: `
      SELECT format('%s/%s', call_id, revision) AS subject, format('an estimate since %s', recorded_at) AS detail
      FROM usage_event
      WHERE $1::timestamptz IS NOT NULL AND rank = 'estimate' AND reconciled_at IS NULL
        AND recorded_at < clock_timestamp() - interval '24 hours'
      LIMIT 1000`,
  },
  {
    id: 'I17',
    meaning: 'No record of a journal is missing, damaged or refused',
    sql: `
      SELECT format('%s in %s', kind, segment) AS subject, error AS detail
      FROM poster_reject WHERE $1::timestamptz IS NOT NULL
      LIMIT 1000`,
  },
];
