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
      FROM usage_event AS e JOIN kept USING (organization_id) LEFT JOIN LATERAL (
        SELECT call_id FROM request_log WHERE call_id = e.call_id AND started_at = e.occurred_at LIMIT 1) AS l ON true
      WHERE e.revision = 1 AND e.recorded_at >= $1::timestamptz - interval '1 minute'
        AND e.recorded_at < clock_timestamp() - interval '1 minute'
        AND e.recorded_at > kept.since AND e.occurred_at > kept.since AND l.call_id IS NULL
      UNION ALL
      SELECT l.call_id, 'has no figure' FROM request_log AS l LEFT JOIN LATERAL (
        SELECT call_id FROM usage_event WHERE call_id = l.call_id AND revision = 1 LIMIT 1) AS e ON true
      WHERE e.call_id IS NULL AND l.started_at >= $1::timestamptz - interval '1 hour'
        AND l.started_at + l.duration_ms * interval '1 ms' >= $1::timestamptz - interval '10 minutes'
        AND l.started_at + l.duration_ms * interval '1 ms' < clock_timestamp() - interval '1 minute'
      LIMIT 1000`,
  },
  {
    id: 'I13',
    meaning: 'A call belongs to the organization of its key and its project',
    sql: `
      WITH caller AS (
        SELECT organization_id, api_key_id, project_id, min(call_id) AS call_id, count(*) AS calls
        FROM usage_event WHERE recorded_at >= $1 GROUP BY 1, 2, 3
      )
      SELECT call_id AS subject, format('is of %s, its key %s of %s, its project %s of %s; so are %s calls',
        organization_id, api_key_id, of_key, project_id, of_project, calls) AS detail
      FROM (
        SELECT *, (SELECT organization_id FROM api_key WHERE id = api_key_id) AS of_key,
          (SELECT organization_id FROM project WHERE id = project_id) AS of_project FROM caller
      ) AS known
      WHERE of_key <> organization_id OR of_project <> organization_id
      LIMIT 1000`,
  },
];
