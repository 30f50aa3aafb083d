import type { Invariant } from '../invariant.js';

/** What must hold between what calls used and what is told of it elsewhere. */
export const USAGE_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I7',
    meaning: 'The cost of a call is that of its units at the price that it began with',
    sql: `
      WITH figure AS (
        SELECT call_id, revision, amount, price_version_id, (
          SELECT coalesce(sum((line->>'amount')::numeric), 0) FROM jsonb_array_elements(cost_lines) AS line) AS total
        FROM usage_event WHERE recorded_at >= $1
      )
      SELECT format('%s/%s', call_id, revision) AS subject, CASE WHEN amount <> total
        THEN format('costs %s, its lines sum to %s', amount, total)
        ELSE format('its price %s does not exist', price_version_id) END AS detail
      FROM figure
      WHERE amount <> total OR (price_version_id IS NOT NULL AND amount > 0
        AND NOT EXISTS (SELECT FROM price_version WHERE id = price_version_id))
      LIMIT 1000`,
  },
  {
    id: 'I8',
    meaning: 'A call is in the request log, as long as it is kept, and has a figure',
    sql: `
      WITH kept AS (
        -- From when on an organization's requests are there: its days, but not before it last changed them.
        SELECT o.id AS organization_id, greatest(
          clock_timestamp() - make_interval(days => o.log_days) + interval '2 hours',
          (SELECT max(a.at) FROM audit_entry AS a WHERE a.target_id = o.id AND a.target_kind = 'organization'
            AND (a.before->'retention' IS DISTINCT FROM a.after->'retention'
              OR a.before->'log_days' IS DISTINCT FROM a.after->'log_days'))) AS since
        FROM organization AS o WHERE o.retention <> 'none' AND o.deleted_at IS NULL
      )
      SELECT e.call_id AS subject, 'is not in the request log' AS detail
      FROM usage_event AS e JOIN kept USING (organization_id)
      WHERE e.revision = 1 AND e.recorded_at >= $1 AND e.recorded_at < clock_timestamp() - interval '1 minute'
        AND e.recorded_at > kept.since AND e.occurred_at > kept.since
        AND NOT EXISTS (SELECT FROM request_log AS l WHERE l.call_id = e.call_id AND l.started_at = e.occurred_at)
      UNION ALL
      SELECT l.call_id, 'has no figure' FROM request_log AS l
      WHERE l.started_at >= $1 - interval '1 day'
        AND l.started_at + l.duration_ms * interval '1 ms' < clock_timestamp() - interval '1 minute'
        AND NOT EXISTS (SELECT FROM usage_event AS e WHERE e.call_id = l.call_id AND e.revision = 1)
      LIMIT 1000`,
  },
  {
    id: 'I13',
    meaning: 'A call belongs to the organization of its key and its project',
    sql: `
      SELECT e.call_id AS subject, format('is of %s, its key %s of %s, its project %s of %s', e.organization_id,
        e.api_key_id, k.organization_id, e.project_id, p.organization_id) AS detail
      FROM usage_event AS e LEFT JOIN api_key AS k ON k.id = e.api_key_id LEFT JOIN project AS p ON p.id = e.project_id
      WHERE e.recorded_at >= $1
        AND (k.organization_id <> e.organization_id OR p.organization_id <> e.organization_id)
      LIMIT 1000`,
  },
];
