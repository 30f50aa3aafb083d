-- The ledger and the audit trail are append only, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE ON ledger_transaction
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transaction_no_truncate BEFORE TRUNCATE ON ledger_transaction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_no_truncate BEFORE TRUNCATE ON posting
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A price that was published stays as it was.
CREATE TRIGGER price_version_append_only BEFORE UPDATE OR DELETE ON price_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER price_component_append_only BEFORE UPDATE OR DELETE ON price_component
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE posting ADD CONSTRAINT posting_amount_not_zero CHECK (amount <> 0);

-- At commit every transaction that got postings sums to zero and has at least two.
CREATE FUNCTION check_transaction_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  total numeric;
  lines integer;
BEGIN
  SELECT sum(amount), count(*) INTO total, lines FROM posting WHERE transaction_id = NEW.transaction_id;
  IF total <> 0 OR lines < 2 THEN
    RAISE EXCEPTION 'ledger transaction % has % lines that sum to %', NEW.transaction_id, lines, total
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_balance();

-- Posts closed calls. `closes` is an array of close records as the journal holds them. Idempotent: what was posted
-- before is passed over. Gives the ids of the calls that were new and are estimates.
CREATE FUNCTION post_calls(closes jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  CREATE TEMP TABLE IF NOT EXISTS closing (
    call_id text, organization_id text, amount numeric, charged boolean, rank text, occurred_at timestamptz
  ) ON COMMIT DELETE ROWS;
  DELETE FROM closing;

  WITH input AS (
    SELECT r.*, r.identity AS i, r.served AS s, r.charge AS c
    FROM jsonb_to_recordset(closes) AS r(call text, identity jsonb, served jsonb, charge jsonb)
  ), inserted AS (
    INSERT INTO usage_event (call_id, revision, organization_id, project_id, api_key_id, provider_id, model_id,
      offer_id, price_version_id, units, cost_lines, amount, provider_cost, charged, rank, occurred_at)
    SELECT call, 1, i->>'organization', i->>'project', i->>'key', s->>'provider', s->>'model',
      s->>'offer', s->>'priceVersion', c->'units', c->'lines', (c->>'amount')::numeric, (c->>'providerCost')::numeric,
      (c->>'charged')::boolean, c->>'rank', to_timestamp((i->>'startedAt')::numeric / 1000)
    FROM input
    ON CONFLICT DO NOTHING
    RETURNING call_id, organization_id, amount, charged, rank, occurred_at
  )
  INSERT INTO closing SELECT * FROM inserted;

  INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
  SELECT 'lt_' || call_id || '_1', 'usage', call_id, 1, organization_id, occurred_at
  FROM closing WHERE charged AND amount > 0;

  INSERT INTO posting (transaction_id, line, account, amount)
  SELECT 'lt_' || call_id || '_1', line, account, signed
  FROM closing, LATERAL (VALUES (1, 'wallet:' || organization_id, -amount), (2, 'revenue', amount)) AS p(line, account, signed)
  WHERE charged AND amount > 0;

  -- In the order of the ids, so that two batches never wait for each other in a ring.
  PERFORM 1 FROM quota WHERE kind = 'credit' AND scope = 'organization'
    AND scope_id IN (SELECT organization_id FROM closing WHERE charged AND amount > 0) ORDER BY id FOR UPDATE;
  UPDATE quota SET spent = quota.spent + spending.amount
  FROM (SELECT organization_id, sum(amount) AS amount FROM closing WHERE charged AND amount > 0 GROUP BY 1) AS spending
  WHERE quota.scope = 'organization' AND quota.kind = 'credit' AND quota.scope_id = spending.organization_id;

  INSERT INTO request_log (call_id, organization_id, project_id, api_key_id, endpoint, stream, requested_model,
    requested_provider, model_id, provider_id, upstream_model, upstream_id, outcome, status, error_code, finish_reason,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost, cost_basis, attempts, duration_ms,
    time_to_first_token_ms, source, session_id, client_request_id, tags, started_at)
  SELECT r.call, i->>'organization', i->>'project', i->>'key', i->>'endpoint', (i->>'stream')::boolean,
    i->>'requestedModel', i->>'requestedProvider', s->>'model', s->>'provider', s->>'upstreamModel', r."upstreamId",
    r.outcome, r.status, r."errorCode", r."finishReason",
    (c->'units'->>'promptTokens')::int, (c->'units'->>'completionTokens')::int,
    (c->'units'->>'cachedTokens')::int, (c->'units'->>'reasoningTokens')::int,
    (c->>'amount')::numeric, c->>'rank', r.attempts, r."durationMs", r."timeToFirstTokenMs",
    i->>'source', i->>'session', i->>'clientRequestId', i->'tags', to_timestamp((i->>'startedAt')::numeric / 1000)
  FROM jsonb_to_recordset(closes) AS r(call text, identity jsonb, served jsonb, charge jsonb, outcome text,
      status int, "errorCode" text, "finishReason" text, "upstreamId" text, attempts jsonb, "durationMs" int,
      "timeToFirstTokenMs" int)
    JOIN closing ON closing.call_id = r.call,
    LATERAL (SELECT r.identity AS i, r.served AS s, r.charge AS c) AS short
  ON CONFLICT DO NOTHING;

  PERFORM pg_notify('osm_wallet', organization_id) FROM (SELECT DISTINCT organization_id FROM closing) AS touched;
  RETURN QUERY SELECT call_id FROM closing WHERE closing.rank = 'estimate';
END $$;

-- Commits one ledger transaction that is not a call: `lines` is [{"account": …, "amount": "decimal USD"}]. Idempotent
-- by (kind, source, revision): true if it was new. A line on wallet:<organization> moves the cap of its credit.
CREATE FUNCTION commit_transaction(id text, kind text, source text, revision int, organization text,
  occurred_at timestamptz, lines jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF jsonb_array_length(lines) < 2 THEN
    RAISE EXCEPTION 'a ledger transaction has at least two lines' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
  VALUES (id, kind, source, revision, organization, occurred_at)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO posting (transaction_id, line, account, amount)
  SELECT commit_transaction.id, line, entry->>'account', (entry->>'amount')::numeric
  FROM jsonb_array_elements(lines) WITH ORDINALITY AS l(entry, line);
  INSERT INTO quota (id, scope, scope_id, kind, cap)
  SELECT 'credit:' || organization, 'organization', organization, 'credit', sum((entry->>'amount')::numeric)
  FROM jsonb_array_elements(lines) AS l(entry) WHERE entry->>'account' = 'wallet:' || organization
  HAVING count(*) > 0
  ON CONFLICT (scope, scope_id, kind) DO UPDATE SET cap = quota.cap + excluded.cap;
  PERFORM pg_notify('osm_wallet', organization);
  RETURN true;
END $$;

-- A key that changed is forgotten by every process.
CREATE FUNCTION notify_key_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('osm_key', encode(OLD.hash, 'hex'));
  RETURN NULL;
END $$;
CREATE TRIGGER api_key_changed AFTER UPDATE OR DELETE ON api_key FOR EACH ROW EXECUTE FUNCTION notify_key_change();

-- What a key may do depends on its organization and its project too.
CREATE FUNCTION notify_tenant_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'organization' THEN
    PERFORM pg_notify('osm_key', encode(hash, 'hex')) FROM api_key WHERE organization_id = OLD.id;
  ELSE
    PERFORM pg_notify('osm_key', encode(hash, 'hex')) FROM api_key WHERE project_id = OLD.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER organization_changed AFTER UPDATE ON organization
  FOR EACH ROW EXECUTE FUNCTION notify_tenant_change();
CREATE TRIGGER project_changed AFTER UPDATE ON project FOR EACH ROW EXECUTE FUNCTION notify_tenant_change();
