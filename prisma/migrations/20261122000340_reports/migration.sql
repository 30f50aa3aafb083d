-- Reports: reasoning tokens in the hourly totals, and tags of all organizations by name.

ALTER TABLE usage_hourly ADD COLUMN reasoning_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_hourly_tag ADD COLUMN reasoning_tokens BIGINT NOT NULL DEFAULT 0;

-- A report on all organizations by a tag would read the totals of every tag; the primary key begins with the
-- organization.
CREATE INDEX usage_hourly_tag_tag_name_hour_idx ON usage_hourly_tag (tag_name, hour);

-- The same condition as of all tenants' tables, with the setting looked up once a statement instead of once a row, and
-- as a CASE, of which Postgres expects that half of the rows pass: of the OR it expects a twentieth, and then sorts
-- hundreds of thousands of totals to group them.
ALTER POLICY tenant_rows ON usage_hourly USING (CASE (SELECT current_setting('osm.organization', true)) WHEN '*' THEN true
  ELSE organization_id = (SELECT current_setting('osm.organization', true)) END);
ALTER POLICY tenant_rows ON usage_hourly_tag USING (CASE (SELECT current_setting('osm.organization', true))
  WHEN '*' THEN true ELSE organization_id = (SELECT current_setting('osm.organization', true)) END);

-- As in migration posting, with the reasoning tokens. A booking does not say them: they are those of its usage event,
-- less those of the figure that this one replaces.
CREATE OR REPLACE FUNCTION book_rollups(bookings booking[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  reasoning bigint[] := ARRAY(
    SELECT coalesce((event.units->>'reasoningTokens')::bigint, 0)
      - coalesce((replaced.units->>'reasoningTokens')::bigint, 0)
    FROM unnest(bookings) WITH ORDINALITY AS booked
      JOIN usage_event AS event ON event.call_id = booked.call_id AND event.revision = booked.revision
      LEFT JOIN usage_event AS replaced ON booked.revision > 1 AND replaced.call_id = booked.call_id
        AND replaced.revision = booked.revision - 1
    ORDER BY ordinality);
BEGIN
  INSERT INTO usage_hourly AS total (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id,
    source, requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount, uncharged_amount,
    provider_cost)
  SELECT organization_id, date_trunc('hour', occurred_at, 'UTC'), project_id, api_key_id, coalesce(member_id, ''),
    coalesce(provider_id, ''), coalesce(model_id, ''), coalesce(source, ''), sum(requests), sum(prompt_tokens),
    sum(completion_tokens), sum(cached_tokens), sum(booked.unnest), sum(charged_amount), sum(uncharged_amount),
    sum(provider_cost)
  FROM ROWS FROM (unnest(bookings), unnest(reasoning)) AS booked
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source) DO UPDATE SET
    requests = total.requests + excluded.requests,
    prompt_tokens = total.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = total.completion_tokens + excluded.completion_tokens,
    cached_tokens = total.cached_tokens + excluded.cached_tokens,
    reasoning_tokens = total.reasoning_tokens + excluded.reasoning_tokens,
    amount = total.amount + excluded.amount,
    uncharged_amount = total.uncharged_amount + excluded.uncharged_amount,
    provider_cost = total.provider_cost + excluded.provider_cost;

  INSERT INTO usage_hourly_tag AS total (organization_id, hour, tag_name, tag_value, requests, prompt_tokens,
    completion_tokens, cached_tokens, reasoning_tokens, amount, uncharged_amount, provider_cost)
  SELECT organization_id, date_trunc('hour', occurred_at, 'UTC'), key, value, sum(requests), sum(prompt_tokens),
    sum(completion_tokens), sum(cached_tokens), sum(booked.unnest), sum(charged_amount), sum(uncharged_amount),
    sum(provider_cost)
  FROM ROWS FROM (unnest(bookings), unnest(reasoning)) AS booked, jsonb_each_text(tags)
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4, 2
  ON CONFLICT (organization_id, tag_name, tag_value, hour) DO UPDATE SET
    requests = total.requests + excluded.requests,
    prompt_tokens = total.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = total.completion_tokens + excluded.completion_tokens,
    cached_tokens = total.cached_tokens + excluded.cached_tokens,
    reasoning_tokens = total.reasoning_tokens + excluded.reasoning_tokens,
    amount = total.amount + excluded.amount,
    uncharged_amount = total.uncharged_amount + excluded.uncharged_amount,
    provider_cost = total.provider_cost + excluded.provider_cost;
END $$;
