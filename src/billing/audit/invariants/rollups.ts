import type { Invariant } from '../invariant.js';

/**
 * What must hold between the hourly sums, the ledger and the figures of calls. An audit of what is new looks at an hour when
 * it is over, and again where a call of it was recorded later: each call of an hour that is not over would be read anew
 * every five minutes.
 */
export const ROLLUP_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I12',
    meaning: 'The hourly sums are those of the ledger and of the figures of calls',
    sql: `
      WITH touched AS MATERIALIZED (
        SELECT DISTINCT organization_id, date_trunc('hour', occurred_at, 'UTC') AS hour
        FROM usage_event
        WHERE recorded_at >= CASE WHEN date_trunc('hour', now(), 'UTC') > $1 THEN date_trunc('hour', $1::timestamptz, 'UTC')
            ELSE $1 END
          AND (occurred_at < date_trunc('hour', now(), 'UTC') OR $1 = '-infinity')
        UNION SELECT DISTINCT organization_id, hour FROM usage_hourly WHERE $1 = '-infinity'
        UNION SELECT DISTINCT organization_id, hour FROM usage_hourly_tag WHERE $1 = '-infinity'
      ), booked AS (
        SELECT touched.organization_id, touched.hour, coalesce(sum(p.amount), 0) AS amount,
          coalesce(sum(p.provider_cost), 0) AS provider_cost
        FROM touched CROSS JOIN LATERAL (
          SELECT id FROM ledger_transaction
          WHERE organization_id = touched.organization_id AND kind = 'usage'
            AND occurred_at >= touched.hour AND occurred_at < touched.hour + interval '1 hour' OFFSET 0
        ) AS t CROSS JOIN LATERAL (
          SELECT -sum(amount) FILTER (WHERE account = 'wallet:' || touched.organization_id) AS amount,
            sum(amount) FILTER (WHERE account LIKE 'provider_cost:%') AS provider_cost
          FROM posting WHERE transaction_id = t.id
        ) AS p GROUP BY 1, 2
      ), kept_hour AS MATERIALIZED (
        SELECT h.* FROM touched CROSS JOIN LATERAL (
          SELECT * FROM usage_hourly WHERE organization_id = touched.organization_id AND hour = touched.hour OFFSET 0) AS h
      ), hourly AS (
        SELECT organization_id, hour, sum(amount) AS amount, sum(provider_cost) AS provider_cost
        FROM kept_hour GROUP BY 1, 2
      ), figure AS MATERIALIZED (
        SELECT DISTINCT ON (e.call_id) e.*, touched.hour, 1 AS requests,
          coalesce((units->>'promptTokens')::bigint, 0) AS prompt, coalesce((units->>'completionTokens')::bigint, 0)
            AS completion, coalesce((units->>'cachedTokens')::bigint, 0) AS cached,
          coalesce((units->>'reasoningTokens')::bigint, 0) AS reasoning,
          CASE WHEN charged THEN amount ELSE 0 END AS paid, CASE WHEN charged THEN 0 ELSE amount END AS unpaid
        FROM touched CROSS JOIN LATERAL (
          SELECT * FROM usage_event WHERE organization_id = touched.organization_id
            AND occurred_at >= touched.hour AND occurred_at < touched.hour + interval '1 hour' OFFSET 0
        ) AS e
        ORDER BY e.call_id, e.revision DESC
      ), part AS (
        SELECT organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source, tags, requests,
          prompt, completion, cached, reasoning, paid, unpaid, provider_cost FROM figure
        UNION ALL SELECT organization_id, hour, project_id, api_key_id, member_id, attempt->>'provider',
          attempt->>'model', source, tags, 0, 0, 0, 0, 0, 0, 0, (attempt->>'cost')::numeric
        FROM figure, jsonb_array_elements(attempt_costs) AS attempt
      ), summed AS (
        SELECT organization_id, hour, project_id, api_key_id, coalesce(member_id, '') AS member_id,
          coalesce(provider_id, '') AS provider_id, coalesce(model_id, '') AS model_id, coalesce(source, '') AS source,
          ARRAY[sum(requests), sum(prompt), sum(completion), sum(cached), sum(reasoning), sum(paid), sum(unpaid),
            sum(provider_cost)] AS sums
        FROM part GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
      ), kept AS (
        SELECT organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source,
          ARRAY[requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount, uncharged_amount,
            provider_cost] AS sums
        FROM kept_hour
      ), tagged AS (
        SELECT organization_id, hour, key AS tag_name, value AS tag_value,
          ARRAY[sum(requests), sum(prompt), sum(completion), sum(cached), sum(reasoning), sum(paid), sum(unpaid),
            sum(provider_cost)] AS sums
        FROM part, jsonb_each_text(tags) GROUP BY 1, 2, 3, 4
      ), kept_tags AS (
        SELECT organization_id, hour, tag_name, tag_value,
          ARRAY[requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount, uncharged_amount,
            provider_cost] AS sums
        FROM touched CROSS JOIN LATERAL (
          SELECT tag_name, tag_value, requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount,
            uncharged_amount, provider_cost
          FROM usage_hourly_tag WHERE organization_id = touched.organization_id AND hour = touched.hour OFFSET 0
        ) AS h
      )
      SELECT format('%s at %s', organization_id, hour) AS subject, format('the hour has %s and %s, the ledger %s and %s',
        hourly.amount, hourly.provider_cost, booked.amount, booked.provider_cost) AS detail
      FROM hourly FULL JOIN booked USING (organization_id, hour)
      WHERE coalesce(hourly.amount, 0) <> coalesce(booked.amount, 0)
        OR coalesce(hourly.provider_cost, 0) <> coalesce(booked.provider_cost, 0)
      UNION ALL
      SELECT format('%s at %s: %s %s %s', organization_id, hour, api_key_id, provider_id, model_id),
        format('the hour has %s, calls sum to %s', kept.sums, summed.sums)
      FROM kept FULL JOIN summed
        USING (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source)
      WHERE kept.sums IS DISTINCT FROM summed.sums
      UNION ALL
      SELECT format('%s at %s: tag %s=%s', organization_id, hour, tag_name, tag_value),
        format('the hour has %s, calls sum to %s', kept_tags.sums, tagged.sums)
      FROM kept_tags FULL JOIN tagged USING (organization_id, hour, tag_name, tag_value)
      WHERE kept_tags.sums IS DISTINCT FROM tagged.sums
      LIMIT 1000`,
  },
];
