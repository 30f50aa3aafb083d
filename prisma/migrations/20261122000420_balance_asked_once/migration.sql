-- At commit the new ledger transactions are added up once for each statement that made them, and no longer one by one by
-- a trigger each: 10 of the 105 µs that posting a call took of Postgres (docs/decisions/0024).

-- A row lives until its statement was checked. Nobody gains by changing it before: the trigger that waits for the commit
-- has the row as it was written, also where it is gone by then.
CREATE UNLOGGED TABLE unchecked_transactions (
  statement BIGSERIAL PRIMARY KEY,
  ids TEXT[]
);
ALTER TABLE unchecked_transactions ALTER COLUMN ids SET STORAGE EXTERNAL;

-- The path keeps a temporary table of the same name from standing in.
CREATE FUNCTION note_new_transactions() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO unchecked_transactions (ids) SELECT array_agg(id) FROM inserted HAVING count(*) > 0;
  RETURN NULL;
END $$;

DROP TRIGGER ledger_transaction_balances ON ledger_transaction;
DROP FUNCTION check_transaction_balance();
CREATE FUNCTION check_transaction_balances() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  wrong record;
BEGIN
  SELECT id, lines, total INTO wrong
  FROM unnest(NEW.ids) AS id, LATERAL (
    SELECT count(*) AS lines, sum(amount) AS total FROM posting WHERE transaction_id = id) AS posted
  WHERE lines < 2 OR total <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger transaction % has % lines that sum to %', wrong.id, wrong.lines, wrong.total
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  DELETE FROM unchecked_transactions WHERE statement = NEW.statement;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_transaction_noted AFTER INSERT ON ledger_transaction REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_transactions();
ALTER FUNCTION check_posted_lines() SET search_path = pg_catalog, public, pg_temp;
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON unchecked_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_balances();

-- The reasoning tokens of a booking come with it: to look them up in its usage event took 2 µs a call.
ALTER TYPE booking ADD ATTRIBUTE reasoning_tokens BIGINT;

-- As in migration posting_by_index, with the reasoning tokens. A call that is new as a usage event is new in the request
-- log, so nothing is asked there again.
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
  )
  SELECT array_agg(ROW(call, 1, organization, identity->>'project', identity->>'key', identity->>'member',
    served->>'provider', served->>'model', identity->>'source', identity->'tags', started_at, charge->>'rank', 1,
    coalesce((units->>'promptTokens')::bigint, 0), coalesce((units->>'completionTokens')::bigint, 0),
    coalesce((units->>'cachedTokens')::bigint, 0), CASE WHEN charged THEN amount ELSE 0 END,
    CASE WHEN charged THEN 0 ELSE amount END, provider_cost, entries, "attemptCosts",
    coalesce((units->>'reasoningTokens')::bigint, 0))::booking)
  INTO bookings FROM figure JOIN fresh ON call_id = call;
  RETURN bookings;
END $$;

-- As in migration true_up, with the reasoning tokens.
CREATE OR REPLACE FUNCTION difference_of(before usage_event, after usage_event) RETURNS booking LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(after.call_id, after.revision, after.organization_id, after.project_id, after.api_key_id, after.member_id,
    after.provider_id, after.model_id, after.source, after.tags, after.occurred_at, after.rank, 0,
    coalesce((after.units->>'promptTokens')::bigint, 0) - coalesce((before.units->>'promptTokens')::bigint, 0),
    coalesce((after.units->>'completionTokens')::bigint, 0) - coalesce((before.units->>'completionTokens')::bigint, 0),
    coalesce((after.units->>'cachedTokens')::bigint, 0) - coalesce((before.units->>'cachedTokens')::bigint, 0),
    CASE WHEN after.charged THEN after.amount - before.amount ELSE 0 END,
    CASE WHEN after.charged THEN 0 ELSE after.amount - before.amount END,
    after.provider_cost - before.provider_cost, after.quotas, NULL,
    coalesce((after.units->>'reasoningTokens')::bigint, 0) - coalesce((before.units->>'reasoningTokens')::bigint, 0))::booking
$$;

-- As in migration posting_by_index, which looked the reasoning tokens up.
CREATE OR REPLACE FUNCTION book_rollups(bookings booking[]) RETURNS void LANGUAGE plpgsql AS $$
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
  FROM unnest(bookings), jsonb_each_text(tags)
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

-- Which a replaced function forgets (docs/decisions/0023).
ALTER FUNCTION record_calls(closed_call[], text[]) SET enable_seqscan = off;
ALTER FUNCTION book_rollups(booking[]) SET enable_seqscan = off;
ALTER FUNCTION book_rollups(booking[]) SET plan_cache_mode = force_generic_plan;
