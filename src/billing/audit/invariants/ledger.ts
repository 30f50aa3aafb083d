import type { Invariant } from '../invariant.js';

/**
 * What must hold within the ledger, and between it and what calls cost. Under row-level security Postgres expects hardly
 * any rows of a table and would join by comparing all with all; LATERAL leaves it the index alone.
 */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    meaning: 'A ledger transaction has at least two lines, which sum to zero',
    sql: `
      SELECT t.id AS subject, format('%s lines that sum to %s', count(p.line), coalesce(sum(p.amount), 0)) AS detail
      FROM ledger_transaction AS t LEFT JOIN posting AS p ON p.transaction_id = t.id
      WHERE t.recorded_at >= $1
      GROUP BY t.id HAVING count(p.line) < 2 OR sum(p.amount) <> 0
      UNION ALL
      SELECT transaction_id, 'lines without a transaction' FROM posting
      WHERE $1 = '-infinity' AND NOT EXISTS (SELECT FROM ledger_transaction WHERE id = transaction_id)
      LIMIT 1000`,
  },
  {
    id: 'I2',
    meaning: 'What is left in a wallet is the sum of its lines in the ledger',
    sql: `
      WITH touched AS (
        SELECT organization_id FROM ledger_transaction WHERE recorded_at >= $1
        UNION SELECT organization_id FROM quota WHERE kind = 'credit' AND $1 = '-infinity'
      ), standing AS (
        SELECT touched.organization_id, coalesce(cap - spent, 0) AS remaining, (
          SELECT coalesce(sum(amount), 0) FROM posting
          WHERE account = 'wallet:' || touched.organization_id AND account LIKE 'wallet:%') AS posted
        FROM touched LEFT JOIN quota ON quota.id = 'credit:' || touched.organization_id
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
      WITH figure AS (
        SELECT call_id, revision,
          CASE WHEN charged THEN amount ELSE 0 END
            - lag(CASE WHEN charged THEN amount ELSE 0 END, 1, 0::numeric) OVER earlier AS charge,
          provider_cost + sum_of_attempts(attempt_costs)
            - lag(provider_cost + sum_of_attempts(attempt_costs), 1, 0::numeric) OVER earlier AS provider_cost
        FROM usage_event WHERE call_id IN (SELECT call_id FROM usage_event WHERE recorded_at >= $1)
        WINDOW earlier AS (PARTITION BY call_id ORDER BY revision)
      )
      SELECT format('%s/%s', figure.call_id, figure.revision) AS subject,
        CASE WHEN t.id IS NULL THEN format('costs %s and the provider %s, and has no transaction', charge, provider_cost)
          ELSE 'costs nothing more, and has a transaction' END AS detail
      FROM figure LEFT JOIN LATERAL (
        SELECT id FROM ledger_transaction
        WHERE kind = 'usage' AND source = figure.call_id AND revision = figure.revision LIMIT 1) AS t ON true
      WHERE (charge <> 0 OR provider_cost <> 0) <> (t.id IS NOT NULL)
      UNION ALL
      SELECT t.id, 'a charge for no figure of a call' FROM ledger_transaction AS t
      WHERE t.kind = 'usage' AND t.recorded_at >= $1 AND NOT EXISTS (
        SELECT FROM usage_event AS e WHERE e.call_id = t.source AND e.revision = t.revision)
      LIMIT 1000`,
  },
  {
    id: 'I6',
    meaning: 'The charges of a call sum to its best figure, for the tenant and for the provider',
    sql: `
      WITH best AS (
        SELECT DISTINCT ON (call_id) call_id, CASE WHEN charged THEN amount ELSE 0 END AS charge,
          provider_cost + sum_of_attempts(attempt_costs) AS provider_cost
        FROM usage_event WHERE call_id IN (SELECT call_id FROM usage_event WHERE recorded_at >= $1)
        ORDER BY call_id, rank_order(rank) DESC, revision DESC
      )
      SELECT call_id AS subject, format('charged %s instead of %s; of the provider %s instead of %s',
        booked.charge, best.charge, booked.provider_cost, best.provider_cost) AS detail
      FROM best CROSS JOIN LATERAL (
        SELECT coalesce(-sum(p.amount) FILTER (WHERE p.account = 'wallet:' || t.organization_id), 0) AS charge,
          coalesce(sum(p.amount) FILTER (WHERE p.account LIKE 'provider_cost:%'), 0) AS provider_cost
        FROM ledger_transaction AS t JOIN posting AS p ON p.transaction_id = t.id
        WHERE t.kind = 'usage' AND t.source = best.call_id) AS booked
      WHERE best.charge <> booked.charge OR best.provider_cost <> booked.provider_cost
      LIMIT 1000`,
  },
  {
    id: 'I9',
    meaning: 'A figure of a call is charged once',
    sql: `
      SELECT t.id AS subject, 'the same figure is charged by ' || other.id AS detail
      FROM ledger_transaction AS t JOIN ledger_transaction AS other
        ON other.kind = 'usage' AND other.source = t.source AND other.revision = t.revision AND other.id <> t.id
      WHERE t.kind = 'usage' AND t.recorded_at >= $1
      UNION ALL
      SELECT t.id, format('%s lines on one wallet', count(*))
      FROM ledger_transaction AS t JOIN posting AS p ON p.transaction_id = t.id
      WHERE t.kind = 'usage' AND t.recorded_at >= $1 AND p.account LIKE 'wallet:%'
      GROUP BY t.id HAVING count(*) > 1
      LIMIT 1000`,
  },
];
