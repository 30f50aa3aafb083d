import type { Invariant } from '../invariant.js';

/** What must hold within the ledger, and between it and what calls cost. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    meaning: 'A ledger transaction has at least two lines, which sum to zero',
    sql: `
      SELECT t.id AS subject, format('%s lines that sum to %s', lines, coalesce(total, 0)) AS detail
      FROM ledger_transaction AS t CROSS JOIN LATERAL (
        SELECT count(*) AS lines, sum(amount) AS total FROM posting WHERE transaction_id = t.id) AS p
      WHERE t.recorded_at >= $1 AND (lines < 2 OR total <> 0)
      UNION ALL
      SELECT transaction_id, 'lines without a transaction' FROM posting LEFT JOIN LATERAL (
        SELECT id FROM ledger_transaction WHERE id = transaction_id LIMIT 1) AS t ON true
      WHERE $1 = '-infinity' AND t.id IS NULL
      LIMIT 1000`,
  },
  {
    id: 'I2',
    meaning: 'What is left in a wallet is the sum of its lines in the ledger',
    sql: `
      WITH touched AS (
        SELECT organization_id FROM ledger_transaction WHERE recorded_at >= $1
        UNION SELECT organization_id FROM quota WHERE kind = 'credit' AND $1 = '-infinity'
      ), posted AS (
        SELECT account, sum(amount) AS amount FROM (
          SELECT account, amount FROM wallet_lines_since($1)
          UNION ALL SELECT subject, amount FROM audit_standing WHERE $1 > '-infinity' AND subject LIKE 'wallet:%'
        ) AS line GROUP BY 1
      ), standing AS (
        SELECT touched.organization_id, coalesce(cap - spent, 0) AS remaining, coalesce(posted.amount, 0) AS posted
        FROM touched LEFT JOIN quota ON quota.id = 'credit:' || touched.organization_id
          LEFT JOIN posted ON account = 'wallet:' || touched.organization_id
      )
      SELECT organization_id AS subject,
        format('the wallet has %s left, its lines sum to %s', remaining, posted) AS detail
      FROM standing WHERE remaining <> posted
      LIMIT 1000`,
  },
  {
    id: 'I5',
    meaning: 'A figure that costs something has a ledger transaction, and the reverse',
    sql: `
      WITH fresh AS (
        SELECT DISTINCT call_id FROM usage_event WHERE recorded_at >= $1
      ), figure AS (
        SELECT e.call_id, revision,
          CASE WHEN charged THEN amount ELSE 0 END
            - lag(CASE WHEN charged THEN amount ELSE 0 END, 1, 0::numeric) OVER earlier AS charge,
          provider_cost + sum_of_attempts(attempt_costs)
            - lag(provider_cost + sum_of_attempts(attempt_costs), 1, 0::numeric) OVER earlier AS provider_cost
        FROM fresh CROSS JOIN LATERAL (SELECT * FROM usage_event WHERE call_id = fresh.call_id OFFSET 0) AS e
        WINDOW earlier AS (PARTITION BY e.call_id ORDER BY revision)
      )
      SELECT format('%s/%s', figure.call_id, figure.revision) AS subject,
        CASE WHEN t.id IS NULL THEN format('costs %s and the provider %s, and has no transaction', charge, provider_cost)
          ELSE 'costs nothing more, and has a transaction' END AS detail
      FROM figure LEFT JOIN LATERAL (
        SELECT id FROM ledger_transaction
        WHERE kind = 'usage' AND source = figure.call_id AND revision = figure.revision LIMIT 1) AS t ON true
      WHERE (charge <> 0 OR provider_cost <> 0) <> (t.id IS NOT NULL)
      UNION ALL
      SELECT t.id, 'a charge for no figure of a call'
      FROM ledger_transaction AS t LEFT JOIN LATERAL (
        SELECT call_id FROM usage_event WHERE call_id = t.source AND revision = t.revision LIMIT 1) AS e ON true
      WHERE t.kind = 'usage' AND t.recorded_at >= $1 AND e.call_id IS NULL
      LIMIT 1000`,
  },
  {
    id: 'I6',
    meaning: 'The charges of a call sum to its best figure, for the tenant and for the provider',
    sql: `
      WITH fresh AS (
        SELECT DISTINCT call_id FROM usage_event WHERE recorded_at >= $1
      ), best AS (
        SELECT fresh.call_id, CASE WHEN charged THEN amount ELSE 0 END AS charge,
          provider_cost + sum_of_attempts(attempt_costs) AS provider_cost
        FROM fresh CROSS JOIN LATERAL (
          SELECT * FROM usage_event WHERE call_id = fresh.call_id ORDER BY rank_order(rank) DESC, revision DESC LIMIT 1
        ) AS e
      )
      SELECT call_id AS subject, format('charged %s instead of %s; of the provider %s instead of %s',
        booked.charge, best.charge, booked.provider_cost, best.provider_cost) AS detail
      FROM best CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.charge), 0) AS charge, coalesce(sum(p.provider_cost), 0) AS provider_cost
        FROM (
          SELECT id, organization_id FROM ledger_transaction WHERE kind = 'usage' AND source = best.call_id OFFSET 0
        ) AS t CROSS JOIN LATERAL (
          SELECT -sum(amount) FILTER (WHERE account = 'wallet:' || t.organization_id) AS charge,
            sum(amount) FILTER (WHERE account LIKE 'provider_cost:%') AS provider_cost
          FROM posting WHERE transaction_id = t.id
        ) AS p) AS booked
      WHERE best.charge <> booked.charge OR best.provider_cost <> booked.provider_cost
      LIMIT 1000`,
  },
  {
    id: 'I9',
    meaning: 'A figure of a call is charged once',
    sql: `
      SELECT t.id AS subject, 'the same figure is charged by ' || other.id AS detail
      FROM ledger_transaction AS t CROSS JOIN LATERAL (
        SELECT id FROM ledger_transaction
        WHERE kind = 'usage' AND source = t.source AND revision = t.revision AND id <> t.id LIMIT 1) AS other
      WHERE t.kind = 'usage' AND t.recorded_at >= $1
      UNION ALL
      SELECT t.id, format('%s lines on one wallet', lines)
      FROM ledger_transaction AS t CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE account LIKE 'wallet:%') AS lines FROM posting WHERE transaction_id = t.id) AS p
      WHERE t.kind = 'usage' AND t.recorded_at >= $1 AND lines > 1
      LIMIT 1000`,
  },
];
