/** A statement about one organization ($1) that touches at most $2 rows, and is repeated until it touches fewer. */
export interface ErasureStep {
  readonly what: string;
  readonly sql: string;
}

/**
 * What is removed of a deleted organization, and of what stays what people wrote. Names of the organization and its
 * projects stay: bills name them.
 */
export const ERASURE: readonly ErasureStep[] = [
  {
    what: 'bodies of requests',
    sql: `DELETE FROM request_body WHERE call_id IN
      (SELECT call_id FROM request_body WHERE organization_id = $1 LIMIT $2)`,
  },
  {
    what: 'rows of the request log',
    sql: `DELETE FROM request_log AS log
      USING (SELECT call_id, started_at FROM request_log WHERE organization_id = $1 LIMIT $2) AS first
      WHERE log.call_id = first.call_id AND log.started_at = first.started_at`,
  },
  {
    what: 'provider credentials',
    sql: `DELETE FROM provider_credential WHERE id IN
      (SELECT id FROM provider_credential WHERE organization_id = $1 LIMIT $2)`,
  },
  {
    what: 'providers of its own',
    sql: `DELETE FROM custom_provider WHERE id IN
      (SELECT id FROM custom_provider WHERE organization_id = $1 LIMIT $2)`,
  },
  {
    what: 'rules',
    sql: `DELETE FROM rule WHERE id IN (SELECT id FROM rule WHERE organization_id = $1 LIMIT $2)`,
  },
  {
    what: 'names of members',
    sql: `UPDATE member SET name = 'erased', email = id || '@erased.invalid' WHERE id IN
      (SELECT id FROM member WHERE organization_id = $1 AND email <> id || '@erased.invalid' LIMIT $2)`,
  },
  {
    what: 'names of API keys',
    sql: `UPDATE api_key SET name = 'erased' WHERE id IN
      (SELECT id FROM api_key WHERE organization_id = $1 AND name <> 'erased' LIMIT $2)`,
  },
  {
    what: 'names of admin tokens',
    sql: `UPDATE admin_token SET name = 'erased' WHERE id IN
      (SELECT id FROM admin_token WHERE organization_id = $1 AND name <> 'erased' LIMIT $2)`,
  },
  {
    what: 'usage by tag',
    sql: `DELETE FROM usage_hourly_tag WHERE (organization_id, tag_name, tag_value, hour) IN
      (SELECT organization_id, tag_name, tag_value, hour FROM usage_hourly_tag WHERE organization_id = $1 LIMIT $2)`,
  },
  {
    what: 'sources in the usage by hour',
    sql: `WITH named AS (
        DELETE FROM usage_hourly WHERE (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id,
          source) IN (SELECT organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source
          FROM usage_hourly WHERE organization_id = $1 AND source <> '' LIMIT $2)
        RETURNING *)
      INSERT INTO usage_hourly AS total (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id,
        source, requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount, uncharged_amount,
        provider_cost)
      SELECT organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, '', sum(requests),
        sum(prompt_tokens), sum(completion_tokens), sum(cached_tokens), sum(reasoning_tokens), sum(amount),
        sum(uncharged_amount), sum(provider_cost)
      FROM named GROUP BY 1, 2, 3, 4, 5, 6, 7
      ON CONFLICT (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source)
      DO UPDATE SET requests = total.requests + excluded.requests,
        prompt_tokens = total.prompt_tokens + excluded.prompt_tokens,
        completion_tokens = total.completion_tokens + excluded.completion_tokens,
        cached_tokens = total.cached_tokens + excluded.cached_tokens,
        reasoning_tokens = total.reasoning_tokens + excluded.reasoning_tokens,
        amount = total.amount + excluded.amount,
        uncharged_amount = total.uncharged_amount + excluded.uncharged_amount,
        provider_cost = total.provider_cost + excluded.provider_cost`,
  },
];

/**
 * Takes sources and tags out of the $4 usage events of an organization ($1) that follow a place ($2, $3), and gives
 * the last of them and how many they were. Figures stay.
 */
export const ERASE_LABELS = `
  WITH page AS (
    SELECT call_id, revision, occurred_at FROM usage_event
    WHERE organization_id = $1 AND (occurred_at, call_id) >= ($2::timestamptz, $3)
    ORDER BY occurred_at, call_id LIMIT $4
  ), erased AS (
    UPDATE usage_event AS event SET source = NULL, tags = '{}' FROM page
    WHERE event.call_id = page.call_id AND event.revision = page.revision
      AND (event.source IS NOT NULL OR event.tags <> '{}')
  )
  SELECT occurred_at::text, call_id, count(*) OVER ()::int AS size FROM page
  ORDER BY occurred_at DESC, call_id DESC LIMIT 1`;
