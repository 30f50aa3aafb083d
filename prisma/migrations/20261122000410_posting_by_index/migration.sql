-- Posting looks its rows up by their index, whatever the tables' size was when a session planned it. On a new database
-- the plans were made for a few rows, and each batch read whole tables that had grown since, until the next analyze:
-- 1.2 s a batch of 300 calls, of 0.03. A subquery leaves no choice of joins, and the setting none but the index.

CREATE OR REPLACE FUNCTION check_posted_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  WITH posted AS MATERIALIZED (
    SELECT transaction_id, sum(amount) AS total, count(*) AS lines,
      (SELECT recorded_at FROM ledger_transaction WHERE id = transaction_id) AS recorded_at
    FROM inserted GROUP BY 1
  )
  SELECT transaction_id, total, lines, recorded_at < transaction_timestamp() AS is_old INTO wrong FROM posted
  WHERE total <> 0 OR lines < 2 OR recorded_at IS NULL OR recorded_at < transaction_timestamp() LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% lines that sum to % were posted to the % ledger transaction %', wrong.lines, wrong.total,
      CASE WHEN wrong.is_old IS NULL THEN 'missing' WHEN wrong.is_old THEN 'old' ELSE 'new' END, wrong.transaction_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- As in migration reports, where it says why.
CREATE OR REPLACE FUNCTION book_rollups(bookings booking[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  reasoning bigint[] := ARRAY(
    SELECT (SELECT coalesce((units->>'reasoningTokens')::bigint, 0) FROM usage_event
        WHERE call_id = booked.call_id AND revision = booked.revision)
      - CASE WHEN booked.revision = 1 THEN 0 ELSE (
        SELECT coalesce((units->>'reasoningTokens')::bigint, 0) FROM usage_event
        WHERE call_id = booked.call_id AND revision = booked.revision - 1) END
    FROM unnest(bookings) WITH ORDINALITY AS booked
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

-- A body that Postgres can put in the place of the call: it was run by itself four times a call.
CREATE OR REPLACE FUNCTION loggable(count jsonb) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN count::numeric <= 2147483647 THEN count::integer WHEN count IS NOT NULL THEN 2147483647 END
$$;

-- Of an organization that keeps nothing, or was deleted, no row is written: asked once a batch, by a trigger it was asked
-- once a row. Otherwise as in migration posting.
DROP TRIGGER request_log_retention ON request_log;
DROP FUNCTION keep_request();
CREATE OR REPLACE FUNCTION record_calls(calls closed_call[], warned text[]) RETURNS booking[] LANGUAGE plpgsql AS $$
DECLARE
  unlogged text[] := ARRAY(SELECT id FROM organization
    WHERE id = ANY (ARRAY(SELECT identity->>'organization' FROM unnest(calls)))
      AND (retention = 'none' OR deleted_at IS NOT NULL));
  bookings booking[];
BEGIN
  WITH figure AS MATERIALIZED (
    SELECT DISTINCT ON (call) *, identity->>'organization' AS organization, charge->'units' AS units,
      (charge->>'amount')::numeric AS amount, (charge->>'charged')::boolean AS charged,
      CASE WHEN (charge->>'charged')::boolean THEN (charge->>'providerCost')::numeric ELSE 0 END AS provider_cost,
      to_timestamp((identity->>'startedAt')::numeric / 1000) AS started_at,
      quotas || CASE WHEN identity->>'organization' = ANY (warned) THEN warning_entries(identity, served, charge, quotas)
        ELSE '[]' END AS entries
    FROM unnest(calls) ORDER BY call
  ), fresh AS (
    INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, member_id, provider_id, model_id,
      offer_id, price_version_id, plan_multiplier, source, tags, units, cost_lines, amount, provider_cost, charged, quotas,
      attempt_costs, rank, credential_id, upstream_id, occurred_at)
    SELECT call, 1, organization, identity->>'project', identity->>'key', identity->>'member', served->>'provider',
      served->>'model', served->>'offer', served->>'priceVersion', coalesce((identity->>'multiplier')::numeric, 1),
      identity->>'source', identity->'tags', units, charge->'lines', amount, provider_cost, charged, entries,
      "attemptCosts", charge->>'rank', CASE WHEN charge->>'rank' = 'estimate' THEN credential END,
      CASE WHEN charge->>'rank' = 'estimate' THEN "upstreamId" END, started_at
    FROM figure
    ON CONFLICT DO NOTHING
    RETURNING call_id
  ), logged AS (
    INSERT INTO request_log (call_id, organization_id, project_id, api_key_id, member_id, endpoint, stream,
      requested_model, requested_provider, model_id, provider_id, upstream_model, upstream_id, outcome, status, error_code,
      finish_reason, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost, cost_basis, attempts,
      duration_ms, time_to_first_token_ms, source, session_id, client_request_id, tags, started_at)
    SELECT call, organization, identity->>'project', identity->>'key', identity->>'member', identity->>'endpoint',
      (identity->>'stream')::boolean, identity->>'requestedModel', identity->>'requestedProvider', served->>'model',
      served->>'provider', served->>'upstreamModel', "upstreamId", outcome, status, "errorCode", "finishReason",
      loggable(units->'promptTokens'), loggable(units->'completionTokens'), loggable(units->'cachedTokens'),
      loggable(units->'reasoningTokens'), amount, charge->>'rank', attempts, "durationMs", "timeToFirstTokenMs",
      identity->>'source', identity->>'session', identity->>'clientRequestId', identity->'tags', started_at
    FROM figure JOIN fresh ON call_id = call
    WHERE organization <> ALL (unlogged)
    ON CONFLICT DO NOTHING
  )
  SELECT array_agg(ROW(call, 1, organization, identity->>'project', identity->>'key', identity->>'member',
    served->>'provider', served->>'model', identity->>'source', identity->'tags', started_at, charge->>'rank', 1,
    coalesce((units->>'promptTokens')::bigint, 0), coalesce((units->>'completionTokens')::bigint, 0),
    coalesce((units->>'cachedTokens')::bigint, 0), CASE WHEN charged THEN amount ELSE 0 END,
    CASE WHEN charged THEN 0 ELSE amount END, provider_cost, entries, "attemptCosts")::booking)
  INTO bookings FROM figure JOIN fresh ON call_id = call;
  RETURN bookings;
END $$;

-- Attempts are booked only where there are some: to plan that took a third of a millisecond a batch.
CREATE OR REPLACE FUNCTION post_calls(process_id text, closes jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  calls closed_call[] := ARRAY(SELECT r::closed_call FROM jsonb_populate_recordset(NULL::closed_call, closes) AS r);
  warned text[] := lock_quotas_of(calls);
  bookings booking[] := record_calls(calls, warned);
  overruns integer;
BEGIN
  IF bookings IS NULL THEN
    RETURN '{"posted": 0, "estimates": [], "overruns": 0}';
  END IF;
  PERFORM book_ledger(bookings);
  overruns := book_quotas(process_id, bookings);
  PERFORM book_rollups(bookings);
  IF EXISTS (SELECT FROM unnest(bookings) WHERE attempt_costs IS NOT NULL) THEN
    PERFORM book_attempts(bookings);
  END IF;
  RETURN jsonb_build_object('posted', cardinality(bookings), 'overruns', overruns, 'estimates',
    (SELECT coalesce(jsonb_agg(call_id), '[]') FROM unnest(bookings) WHERE rank = 'estimate'));
END $$;

ALTER FUNCTION check_posted_lines() SET enable_seqscan = off;
ALTER FUNCTION check_transaction_balance() SET enable_seqscan = off;
ALTER FUNCTION record_calls(closed_call[], text[]) SET enable_seqscan = off;
ALTER FUNCTION book_ledger(booking[]) SET enable_seqscan = off;
ALTER FUNCTION book_rollups(booking[]) SET enable_seqscan = off;

-- What these read does not depend on who is in the batch; to plan them anew for each took half a millisecond.
ALTER FUNCTION book_ledger(booking[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION book_rollups(booking[]) SET plan_cache_mode = force_generic_plan;
