-- Posting a batch in fewer steps (docs/decisions/0027): what was posted before is asked first and not by the insert, no
-- part of a batch is unpacked, joined or planned again where once is enough.

-- As in migration balance_asked_once. Calls that are new are found before anything is written: ON CONFLICT asked the same,
-- wrote each row in two steps, and gave what was to be joined with the batch twice. Where another session posts the same
-- call at the same moment an index refuses it; asked again, the row is there.
CREATE OR REPLACE FUNCTION record_calls(calls closed_call[], warned text[]) RETURNS booking[] LANGUAGE plpgsql
  SET enable_seqscan = off AS $$
DECLARE
  unlogged text[] := ARRAY(SELECT id FROM organization
    WHERE id = ANY (ARRAY(SELECT identity->>'organization' FROM unnest(calls)))
      AND (retention = 'none' OR deleted_at IS NOT NULL));
  bookings booking[];
BEGIN
  FOR try IN 1 .. 3 LOOP
    BEGIN
      WITH figure AS MATERIALIZED (
        SELECT DISTINCT ON (call) *, identity->>'organization' AS organization, charge->'units' AS units,
          (charge->>'amount')::numeric AS amount, (charge->>'charged')::boolean AS charged,
          CASE WHEN (charge->>'charged')::boolean THEN (charge->>'providerCost')::numeric ELSE 0 END AS provider_cost,
          to_timestamp((identity->>'startedAt')::numeric / 1000) AS started_at,
          CASE WHEN identity->>'organization' = ANY (warned)
            THEN quotas || warning_entries(identity, served, charge, quotas) ELSE quotas END AS entries
        FROM unnest(calls)
        WHERE (SELECT true FROM usage_event WHERE call_id = call AND revision = 1) IS NULL ORDER BY call
      ), recorded AS (
        INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, member_id, provider_id,
          model_id, offer_id, price_version_id, plan_multiplier, source, tags, units, cost_lines, amount, provider_cost,
          charged, quotas, attempt_costs, rank, credential_id, upstream_id, occurred_at)
        SELECT call, 1, organization, identity->>'project', identity->>'key', identity->>'member', served->>'provider',
          served->>'model', served->>'offer', served->>'priceVersion', coalesce((identity->>'multiplier')::numeric, 1),
          identity->>'source', identity->'tags', units, charge->'lines', amount, provider_cost, charged, entries,
          "attemptCosts", charge->>'rank', CASE WHEN charge->>'rank' = 'estimate' THEN credential END,
          CASE WHEN charge->>'rank' = 'estimate' THEN "upstreamId" END, started_at
        FROM figure
      ), logged AS (
        INSERT INTO request_log (call_id, organization_id, project_id, api_key_id, member_id, endpoint, stream,
          requested_model, requested_provider, model_id, provider_id, upstream_model, upstream_id, outcome, status,
          error_code, finish_reason, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost, cost_basis,
          attempts, duration_ms, time_to_first_token_ms, source, session_id, client_request_id, tags, started_at)
        SELECT call, organization, identity->>'project', identity->>'key', identity->>'member', identity->>'endpoint',
          (identity->>'stream')::boolean, identity->>'requestedModel', identity->>'requestedProvider', served->>'model',
          served->>'provider', served->>'upstreamModel', "upstreamId", outcome, status, "errorCode", "finishReason",
          loggable(units->'promptTokens'), loggable(units->'completionTokens'), loggable(units->'cachedTokens'),
          loggable(units->'reasoningTokens'), amount, charge->>'rank', attempts, "durationMs", "timeToFirstTokenMs",
          identity->>'source', identity->>'session', identity->>'clientRequestId', identity->'tags', started_at
        FROM figure WHERE organization <> ALL (unlogged)
      )
      SELECT array_agg(ROW(call, 1, organization, identity->>'project', identity->>'key', identity->>'member',
        served->>'provider', served->>'model', identity->>'source', identity->'tags', started_at, charge->>'rank', 1,
        coalesce((units->>'promptTokens')::bigint, 0), coalesce((units->>'completionTokens')::bigint, 0),
        coalesce((units->>'cachedTokens')::bigint, 0), CASE WHEN charged THEN amount ELSE 0 END,
        CASE WHEN charged THEN 0 ELSE amount END, provider_cost, entries, "attemptCosts",
        coalesce((units->>'reasoningTokens')::bigint, 0))::booking)
      INTO bookings FROM figure;
      RETURN bookings;
    EXCEPTION WHEN unique_violation THEN
      IF try = 3 THEN
        RAISE;
      END IF;
    END;
  END LOOP;
END $$;

-- As in migration posting; what is the same for the lines of a transaction is put together once.
CREATE OR REPLACE FUNCTION book_ledger(bookings booking[]) RETURNS void LANGUAGE plpgsql
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
  SELECT 'lt_' || call_id || '_' || revision, 'usage', call_id, revision, organization_id, occurred_at
  FROM unnest(bookings) WHERE charged_amount <> 0 OR provider_cost <> 0 OR sum_of_attempts(attempt_costs) <> 0;

  INSERT INTO posting (transaction_id, line, account, amount)
  SELECT id, line, account, amount
  FROM (
    SELECT 'lt_' || call_id || '_' || revision AS id, organization_id, provider_id, charged_amount, provider_cost
    FROM unnest(bookings) OFFSET 0) AS booked, LATERAL (VALUES
    (1, 'wallet:' || organization_id, -charged_amount),
    (2, 'revenue', charged_amount),
    (3, 'provider_cost:' || provider_id, provider_cost),
    (4, 'provider_payable:' || provider_id, -provider_cost)) AS entry(line, account, amount)
  WHERE amount <> 0
  UNION ALL
  SELECT 'lt_' || call_id || '_' || revision, line, account, amount
  FROM unnest(bookings), jsonb_array_elements(attempt_costs) WITH ORDINALITY AS attempts(attempt, place),
    LATERAL (VALUES
      (3 + 2 * place, 'provider_cost:' || (attempt->>'provider'), (attempt->>'cost')::numeric),
      (4 + 2 * place, 'provider_payable:' || (attempt->>'provider'), -(attempt->>'cost')::numeric))
      AS entry(line, account, amount)
  WHERE attempt_costs IS NOT NULL AND amount <> 0;
END $$;

-- As in migration posting_for_less, by subqueries that leave no choice of joins, so that one plan does for all batches: to
-- plan it took half a millisecond of each.
CREATE OR REPLACE FUNCTION slice_uses(holder text, bookings booking[]) RETURNS slice_use[] LANGUAGE plpgsql STABLE
  SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN ARRAY(
    SELECT ROW(quota_id, period, leaving, cost, by_itself, granted, least(leaving, granted), is_hard, is_wallet)::slice_use
    FROM (
      SELECT asked.*, coalesce((SELECT lease.granted FROM lease WHERE process_id = holder
        AND lease.quota_id = asked.quota_id AND lease.period = asked.period), 0) AS granted
      FROM (
        SELECT quota_id, period, sum(taken + kept + fenced) AS leaving, sum(cost) AS cost,
          bool_or(kept > 0 OR CASE WHEN quota_id = 'credit:' || organization_id THEN charged_amount ELSE cost END > taken)
            AS by_itself
        FROM unnest(bookings), uses_of(quotas) GROUP BY 1, 2 OFFSET 0) AS asked OFFSET 0) AS used,
      LATERAL (SELECT enforcement = 'hard' AS is_hard, kind = 'credit' AS is_wallet FROM quota
        WHERE id = used.quota_id AND quota.period = used.period LIMIT 1) AS limited);
END $$;

-- As in migration many_organizations; a charged call names its wallet first.
CREATE OR REPLACE FUNCTION note_overdrafts(bookings booking[]) RETURNS integer LANGUAGE plpgsql
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  unescrowed text[] := ARRAY(SELECT DISTINCT 'credit:' || organization_id FROM unnest(bookings)
    WHERE charged_amount > 0 AND quotas->0->>0 IS DISTINCT FROM 'credit:' || organization_id
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(quotas) AS entry WHERE entry->>0 = 'credit:' || organization_id));
  overdrafts integer := 0;
BEGIN
  IF cardinality(unescrowed) > 0 THEN
    INSERT INTO overrun (quota_id, kind, amount)
    SELECT id, 'overrun', spent - cap - credit_limit FROM quota
    WHERE id = ANY (unescrowed) AND spent > cap + credit_limit;
    GET DIAGNOSTICS overdrafts = ROW_COUNT;
  END IF;
  RETURN overdrafts;
END $$;

-- As in migration balance_asked_once; most calls have no tags, of which nothing is unpacked.
CREATE OR REPLACE FUNCTION book_rollups(bookings booking[]) RETURNS void LANGUAGE plpgsql
  SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO usage_hourly AS total (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id,
    source, requests, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, amount, uncharged_amount,
    provider_cost)
  SELECT organization_id, date_trunc('hour', occurred_at, 'UTC'), project_id, api_key_id, coalesce(member_id, ''),
    coalesce(provider_id, ''), coalesce(model_id, ''), coalesce(source, ''), sum(requests), sum(prompt_tokens),
    sum(completion_tokens), sum(cached_tokens), sum(reasoning_tokens), sum(charged_amount), sum(uncharged_amount),
    sum(provider_cost)
  FROM unnest(bookings)
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
    sum(completion_tokens), sum(cached_tokens), sum(reasoning_tokens), sum(charged_amount), sum(uncharged_amount),
    sum(provider_cost)
  FROM unnest(bookings), jsonb_each_text(tags) WHERE tags <> '{}'
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

-- What it looks up does not depend on who is in the batch.
ALTER FUNCTION lock_quotas_of(closed_call[]) SET plan_cache_mode = force_generic_plan;
