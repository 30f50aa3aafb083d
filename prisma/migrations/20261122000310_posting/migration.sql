-- Posting: what the journals say becomes usage events, ledger, quotas, rollups and request log, once.

ALTER TABLE ledger_transaction ADD COLUMN call_id TEXT;

-- Lines come with their transaction, all at once, and sum to zero; asked once a statement, which is why no foreign key
-- asks it again for every line (docs/decisions/0013). None is added to a transaction that was there before.
ALTER TABLE posting DROP CONSTRAINT posting_transaction_id_fkey;
DROP TRIGGER posting_balances ON posting;
CREATE FUNCTION check_posted_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong record;
BEGIN
  SELECT transaction_id, total, lines, recorded_at < transaction_timestamp() AS is_old INTO wrong
  FROM (SELECT transaction_id, sum(amount) AS total, count(*) AS lines FROM inserted GROUP BY 1) AS posted
    LEFT JOIN ledger_transaction ON id = transaction_id
  WHERE total <> 0 OR lines < 2 OR recorded_at IS NULL OR recorded_at < transaction_timestamp() LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% lines that sum to % were posted to the % ledger transaction %', wrong.lines, wrong.total,
      CASE WHEN wrong.is_old IS NULL THEN 'missing' WHEN wrong.is_old THEN 'old' ELSE 'new' END, wrong.transaction_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER posting_lines_balance AFTER INSERT ON posting REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION check_posted_lines();

-- And at commit no new transaction is without lines, or unbalanced.
CREATE OR REPLACE FUNCTION check_transaction_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  total numeric;
  lines integer;
BEGIN
  SELECT sum(amount), count(*) INTO total, lines FROM posting WHERE transaction_id = NEW.id;
  IF lines < 2 OR total <> 0 THEN
    RAISE EXCEPTION 'ledger transaction % has % lines that sum to %', NEW.id, lines, total
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_transaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_balance();

ALTER TABLE usage_event
  ADD COLUMN member_id TEXT,
  ADD COLUMN plan_multiplier DECIMAL(12,6) NOT NULL DEFAULT 1,
  ADD COLUMN source TEXT,
  ADD COLUMN tags JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN quotas JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN attempt_costs JSONB,
  ADD COLUMN credential_id TEXT,
  ADD COLUMN upstream_id TEXT,
  ADD CONSTRAINT usage_event_rank_known
    CHECK (rank IN ('progress', 'estimate', 'final', 'provider_report', 'manual')),
  -- `< 'Infinity'` keeps NaN out.
  ADD CONSTRAINT usage_event_amounts_are_costs
    CHECK (amount >= 0 AND amount < 'Infinity' AND provider_cost >= 0 AND provider_cost < 'Infinity');

-- Only estimates that nobody has looked at are ever searched for.
DROP INDEX usage_event_rank_reconciled_at_idx;
CREATE INDEX usage_event_unresolved_idx ON usage_event (recorded_at) WHERE rank = 'estimate' AND reconciled_at IS NULL;

-- A figure stays as it was; a better one is a new revision. What reconciliation found may be noted beside it.
CREATE TRIGGER usage_event_append_only BEFORE DELETE OR UPDATE OF call_id, revision, organization_id, project_id,
  api_key_id, member_id, provider_id, model_id, offer_id, price_version_id, plan_multiplier, units, cost_lines, amount,
  provider_cost, charged, quotas, attempt_costs, rank, occurred_at ON usage_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- What tells of people goes when an organization is deleted; it is never rewritten.
CREATE TRIGGER usage_event_labels BEFORE UPDATE OF source, tags ON usage_event
  FOR EACH ROW WHEN (NEW.source IS NOT NULL OR NEW.tags <> '{}') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER usage_event_no_truncate BEFORE TRUNCATE ON usage_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE usage_hourly (
    organization_id TEXT NOT NULL,
    hour TIMESTAMPTZ(6) NOT NULL,
    project_id TEXT NOT NULL,
    api_key_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    model_id TEXT NOT NULL,
    source TEXT NOT NULL,
    requests BIGINT NOT NULL DEFAULT 0,
    prompt_tokens BIGINT NOT NULL DEFAULT 0,
    completion_tokens BIGINT NOT NULL DEFAULT 0,
    cached_tokens BIGINT NOT NULL DEFAULT 0,
    amount DECIMAL(38,12) NOT NULL DEFAULT 0,
    uncharged_amount DECIMAL(38,12) NOT NULL DEFAULT 0,
    provider_cost DECIMAL(38,12) NOT NULL DEFAULT 0,

    CONSTRAINT usage_hourly_pkey PRIMARY KEY (organization_id, hour, project_id, api_key_id, member_id, provider_id,
      model_id, source)
) WITH (fillfactor = 70);
CREATE INDEX usage_hourly_hour_idx ON usage_hourly (hour);
SELECT protect_tenant_rows('usage_hourly');

CREATE TABLE usage_hourly_tag (
    organization_id TEXT NOT NULL,
    hour TIMESTAMPTZ(6) NOT NULL,
    tag_name TEXT NOT NULL,
    tag_value TEXT NOT NULL,
    requests BIGINT NOT NULL DEFAULT 0,
    prompt_tokens BIGINT NOT NULL DEFAULT 0,
    completion_tokens BIGINT NOT NULL DEFAULT 0,
    cached_tokens BIGINT NOT NULL DEFAULT 0,
    amount DECIMAL(38,12) NOT NULL DEFAULT 0,
    uncharged_amount DECIMAL(38,12) NOT NULL DEFAULT 0,
    provider_cost DECIMAL(38,12) NOT NULL DEFAULT 0,

    CONSTRAINT usage_hourly_tag_pkey PRIMARY KEY (organization_id, tag_name, tag_value, hour)
) WITH (fillfactor = 70);
SELECT protect_tenant_rows('usage_hourly_tag');

-- A record is set aside once, however often its journal is read. The kind: refused by the database, damaged, or a gap in
-- the sequence numbers.
ALTER TABLE poster_reject ADD COLUMN kind TEXT NOT NULL DEFAULT 'refused';
CREATE UNIQUE INDEX poster_reject_segment_record_key ON poster_reject (segment, md5(record));

-- A count as the request log can hold it; the usage event has it as it was told.
CREATE FUNCTION loggable(count jsonb) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT least(count::numeric, 2147483647)::integer
$$;

-- The better a figure, the higher.
CREATE FUNCTION rank_order(rank text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT array_position('{progress,estimate,final,provider_report,manual}', rank)
$$;

-- One figure of a call on its way into the books: of a new call the whole, of a better figure the difference.
CREATE TYPE booking AS (
  call_id text, revision integer, organization_id text, project_id text, api_key_id text, member_id text,
  provider_id text, model_id text, source text, tags jsonb, occurred_at timestamptz, rank text,
  requests integer, prompt_tokens bigint, completion_tokens bigint, cached_tokens bigint,
  charged_amount numeric, uncharged_amount numeric, provider_cost numeric,
  quotas jsonb, attempt_costs jsonb
);

-- What a call cost us beside its answer: attempts that failed after their provider had told a usage, and searches that the
-- gateway ran for it: [{"provider", "model", "cost"}], or null.
CREATE FUNCTION sum_of_attempts(attempt_costs jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum((attempt->>'cost')::numeric), 0) FROM jsonb_array_elements(attempt_costs) AS attempt
$$;

-- What the tenant pays moves from its wallet to our revenue; what the provider asks of us is our cost and our debt, also
-- for attempts that failed, which the tenant does not pay, and at the provider of a search.
CREATE FUNCTION book_ledger(bookings booking[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at)
  SELECT 'lt_' || call_id || '_' || revision, 'usage', call_id, revision, organization_id, occurred_at
  FROM unnest(bookings) WHERE charged_amount <> 0 OR provider_cost <> 0 OR sum_of_attempts(attempt_costs) <> 0;

  INSERT INTO posting (transaction_id, line, account, amount)
  SELECT 'lt_' || call_id || '_' || revision, line, account, amount
  FROM unnest(bookings), LATERAL (VALUES
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
  WHERE amount <> 0;
END $$;

CREATE FUNCTION book_rollups(bookings booking[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_hourly AS total (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id,
    source, requests, prompt_tokens, completion_tokens, cached_tokens, amount, uncharged_amount, provider_cost)
  SELECT organization_id, date_trunc('hour', occurred_at, 'UTC'), project_id, api_key_id, coalesce(member_id, ''),
    coalesce(provider_id, ''), coalesce(model_id, ''), coalesce(source, ''), sum(requests), sum(prompt_tokens),
    sum(completion_tokens), sum(cached_tokens), sum(charged_amount), sum(uncharged_amount), sum(provider_cost)
  FROM unnest(bookings) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source) DO UPDATE SET
    requests = total.requests + excluded.requests,
    prompt_tokens = total.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = total.completion_tokens + excluded.completion_tokens,
    cached_tokens = total.cached_tokens + excluded.cached_tokens,
    amount = total.amount + excluded.amount,
    uncharged_amount = total.uncharged_amount + excluded.uncharged_amount,
    provider_cost = total.provider_cost + excluded.provider_cost;

  INSERT INTO usage_hourly_tag AS total (organization_id, hour, tag_name, tag_value, requests, prompt_tokens,
    completion_tokens, cached_tokens, amount, uncharged_amount, provider_cost)
  SELECT organization_id, date_trunc('hour', occurred_at, 'UTC'), key, value, sum(requests), sum(prompt_tokens),
    sum(completion_tokens), sum(cached_tokens), sum(charged_amount), sum(uncharged_amount), sum(provider_cost)
  FROM unnest(bookings), jsonb_each_text(tags) GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4, 2
  ON CONFLICT (organization_id, tag_name, tag_value, hour) DO UPDATE SET
    requests = total.requests + excluded.requests,
    prompt_tokens = total.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = total.completion_tokens + excluded.completion_tokens,
    cached_tokens = total.cached_tokens + excluded.cached_tokens,
    amount = total.amount + excluded.amount,
    uncharged_amount = total.uncharged_amount + excluded.uncharged_amount,
    provider_cost = total.provider_cost + excluded.provider_cost;
END $$;

-- What failed attempts and searches cost goes into the hours of their own providers and models: no request, no usage of
-- the tenant's.
CREATE FUNCTION book_attempts(bookings booking[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_hourly AS total (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id,
    source, provider_cost)
  SELECT organization_id, date_trunc('hour', occurred_at, 'UTC'), project_id, api_key_id, coalesce(member_id, ''),
    attempt->>'provider', attempt->>'model', coalesce(source, ''), sum((attempt->>'cost')::numeric)
  FROM unnest(bookings), jsonb_array_elements(attempt_costs) AS attempt
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (organization_id, hour, project_id, api_key_id, member_id, provider_id, model_id, source) DO UPDATE SET
    provider_cost = total.provider_cost + excluded.provider_cost;

  UPDATE usage_hourly_tag AS total SET provider_cost = total.provider_cost + part.cost
  FROM (
    SELECT organization_id, date_trunc('hour', occurred_at, 'UTC') AS hour, key, value,
      sum(sum_of_attempts(attempt_costs)) AS cost
    FROM unnest(bookings), jsonb_each_text(tags) WHERE attempt_costs IS NOT NULL GROUP BY 1, 2, 3, 4
  ) AS part
  WHERE total.organization_id = part.organization_id AND total.hour = part.hour AND total.tag_name = part.key
    AND total.tag_value = part.value;
END $$;

-- Puts on record which wallets are overdrawn by calls that had set nothing aside of them; gives how many.
CREATE FUNCTION note_overdrafts(bookings booking[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  overdrafts integer;
BEGIN
  INSERT INTO overrun (quota_id, kind, amount)
  SELECT id, 'overrun', spent - cap - credit_limit FROM quota
  WHERE id IN (SELECT 'credit:' || organization_id FROM unnest(bookings) WHERE charged_amount > 0)
    AND spent > cap + credit_limit
    AND EXISTS (SELECT FROM unnest(bookings) WHERE 'credit:' || organization_id = quota.id AND charged_amount > 0
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(quotas) AS entry WHERE entry->>0 = quota.id));
  GET DIAGNOSTICS overdrafts = ROW_COUNT;
  RETURN overdrafts;
END $$;

-- What calls take of their quotas: slices go down by what was taken of them, what an estimate keeps stays set aside
-- under the call, and the cost counts against the limit, whether a slice was there or not. An entry belongs to the
-- window that it names; of one that is over there is nothing left to change. What had no slice is put on record.
CREATE FUNCTION book_quotas(holder text, bookings booking[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  without_lease text := CASE WHEN EXISTS (SELECT FROM process WHERE id = holder AND state <> 'dead')
    THEN 'short' ELSE 'late' END;
  overran text;
  overruns integer := 0;
BEGIN
  FOR overran IN
    WITH entry AS MATERIALIZED (
      SELECT call_id, e->>0 AS quota_id, (e->>1)::bigint AS period, (e->>2)::numeric AS hold, (e->>3)::numeric AS taken,
        (e->>5)::numeric AS kept, (e->>3)::numeric + (e->>5)::numeric + coalesce((e->>6)::numeric, 0) AS leaving,
        CASE WHEN e->>0 = 'credit:' || organization_id THEN charged_amount ELSE (e->>4)::numeric END AS cost
      FROM unnest(bookings), jsonb_array_elements(quotas) AS e
    ), slice AS MATERIALIZED (
      SELECT asked.*, coalesce(granted, 0) AS granted, least(asked.leaving, coalesce(granted, 0)) AS covered,
        enforcement = 'hard' AS is_hard, kind = 'credit' AS is_wallet
      FROM (SELECT quota_id, period, sum(leaving) AS leaving, sum(cost) AS cost FROM entry GROUP BY 1, 2) AS asked
        JOIN quota ON quota.id = asked.quota_id AND quota.period = asked.period
        LEFT JOIN lease
          ON lease.process_id = holder AND lease.quota_id = asked.quota_id AND lease.period = asked.period
    ), apart AS MATERIALIZED (
      -- The calls that more than their taking must be told of: a slice that is too small serves them in turn.
      SELECT entry.*, is_hard, CASE WHEN slice.covered = slice.leaving THEN entry.leaving
        ELSE least(entry.leaving, greatest(0, granted + entry.leaving
          - sum(entry.leaving) OVER (PARTITION BY quota_id ORDER BY call_id ROWS UNBOUNDED PRECEDING))) END AS covered
      FROM entry JOIN slice USING (quota_id, period)
      WHERE slice.covered < slice.leaving OR kept > 0 OR entry.cost > taken
    ), held AS (
      INSERT INTO pending_hold (call_id, quota_id, period, amount)
      SELECT call_id, quota_id, period, least(kept, covered - taken) FROM apart WHERE least(kept, covered - taken) > 0
      RETURNING quota_id, amount
    ), lowered AS (
      UPDATE lease SET granted = lease.granted - slice.covered
      FROM slice WHERE process_id = holder AND lease.quota_id = slice.quota_id AND lease.period = slice.period
        AND slice.covered > 0
    ), counted AS (
      UPDATE quota SET spent = spent + part.cost, leased = leased - part.freed
      FROM (
        SELECT quota_id, sum(cost) AS cost, sum(freed) AS freed FROM (
          SELECT quota_id, CASE WHEN is_wallet THEN 0 ELSE cost END, covered FROM slice
          UNION ALL SELECT quota_id, 0, -amount FROM held
          -- A wallet pays what was charged, whether or not anything was set aside of it.
          UNION ALL SELECT 'credit:' || organization_id, charged_amount, 0 FROM unnest(bookings) WHERE charged_amount <> 0
        ) AS parts(quota_id, cost, freed) GROUP BY 1 HAVING sum(cost) <> 0 OR sum(freed) <> 0
      ) AS part WHERE quota.id = part.quota_id
    )
    INSERT INTO overrun (call_id, quota_id, kind, amount)
    SELECT call_id, quota_id, kind, amount
    FROM apart, LATERAL (VALUES
      (without_lease, taken + kept - covered),
      (CASE hold WHEN 0 THEN 'late' ELSE 'overrun' END, cost - taken)) AS excess(kind, amount)
    WHERE is_hard AND amount > 0
    RETURNING quota_id
  LOOP
    overruns := overruns + 1;
    PERFORM pg_notify('osm_recall', '- ' || overran);
  END LOOP;
  RETURN overruns + note_overdrafts(bookings);
END $$;

-- What a call adds to the limits that only warn: those of its organization, project, member and tags, and of its key and
-- the keys that this one was made by. It has no slice of them, so its window is that in which it began. A call that was
-- refused adds nothing; nor does one to a limit that it was admitted by, when that was hard: `carried` are its entries.
CREATE FUNCTION warning_entries(identity jsonb, served jsonb, charge jsonb, carried jsonb) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz := to_timestamp((identity->>'startedAt')::numeric / 1000);
  tokens numeric := coalesce((charge->'units'->>'promptTokens')::numeric, 0)
    + coalesce((charge->'units'->>'completionTokens')::numeric, 0);
BEGIN
  IF served IS NULL OR served = 'null' THEN
    RETURN '[]';
  END IF;
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_array(id, extract(epoch FROM starts)::bigint, '0', '0', CASE kind
        WHEN 'budget' THEN charge->>'amount'
        WHEN 'tokens_per_minute' THEN tokens::text
        ELSE '1' END, '0')), '[]')
    FROM quota, window_bounds("window", time_zone, anchor, least(began, clock_timestamp()))
    WHERE organization_id = identity->>'organization' AND enforcement = 'warning' AND deleted_at IS NULL
      AND kind NOT IN ('credit', 'concurrency')
      AND NOT EXISTS (SELECT FROM jsonb_array_elements(carried) AS entry WHERE entry->>0 = quota.id)
      AND CASE scope
        WHEN 'organization' THEN true
        WHEN 'project' THEN scope_id = identity->>'project'
        WHEN 'api_key' THEN scope_id IN (
          WITH RECURSIVE chain(id) AS (
            SELECT identity->>'key'
            UNION SELECT parent_id FROM api_key JOIN chain USING (id) WHERE parent_id IS NOT NULL)
          SELECT id FROM chain)
        WHEN 'member' THEN scope_id = identity->>'member'
        WHEN 'tag' THEN coalesce(identity->'tags'->>tag_name = tag_value, identity->'tags' ? tag_name)
        ELSE charge->>'amount' = '0' END);
END $$;

-- A close record of the journal; amounts are decimal text.
CREATE TYPE closed_call AS (
  call text, identity jsonb, served jsonb, charge jsonb, quotas jsonb, outcome text, status integer, "errorCode" text,
  "finishReason" text, "upstreamId" text, attempts jsonb, "attemptCosts" jsonb, credential text, "durationMs" integer,
  "timeToFirstTokenMs" integer
);

-- Locks what a batch of closes will change, in the order of the ids. Gives the organizations that have limits which
-- only warn; those are turned to their window of now.
CREATE FUNCTION lock_quotas_of(calls closed_call[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  organizations text[];
  paying text[];
  warning text[];
BEGIN
  SELECT array_agg(DISTINCT identity->>'organization'), array_agg(DISTINCT identity->>'organization') FILTER (
    WHERE (charge->>'charged')::boolean AND charge->>'amount' <> '0')
  INTO organizations, paying FROM unnest(calls);

  INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap)
  SELECT 'credit:' || organization, organization, 'organization', organization, 'credit', 0
  FROM unnest(paying) AS organization
  WHERE NOT EXISTS (SELECT FROM quota WHERE id = 'credit:' || organization) ORDER BY 1
  ON CONFLICT DO NOTHING;

  SELECT array_agg(id) INTO warning FROM quota WHERE organization_id = ANY (organizations) AND enforcement = 'warning';
  PERFORM FROM quota WHERE id = ANY (ARRAY(
      SELECT entry->>0 FROM unnest(calls), jsonb_array_elements(quotas) AS entry
      UNION SELECT 'credit:' || organization FROM unnest(paying) AS organization
      UNION SELECT unnest(warning)))
    ORDER BY id FOR UPDATE;
  PERFORM turn_windows(warning, clock_timestamp());
  RETURN ARRAY(SELECT DISTINCT organization_id FROM quota WHERE id = ANY (warning));
END $$;

-- Writes down what is new of a batch, as usage events and in the request log; the rest was posted before.
CREATE FUNCTION record_calls(calls closed_call[], warned text[]) RETURNS booking[] LANGUAGE plpgsql AS $$
DECLARE
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

-- Posts closed calls of one process. `closes` is an array of close records as the journal holds them; an entry of
-- `quotas` may have a seventh place: what else leaves the slice, because its process gives nothing back any more.
-- Idempotent: a call that was posted before is passed over. Never refuses a call over what it finds of leases.
-- Gives {"posted": how many were new, "estimates": [their calls], "overruns": how many were put on record}.
DROP FUNCTION post_calls(jsonb);
CREATE FUNCTION post_calls(process_id text, closes jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
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
  PERFORM book_attempts(bookings);
  RETURN jsonb_build_object('posted', cardinality(bookings), 'overruns', overruns, 'estimates',
    (SELECT coalesce(jsonb_agg(call_id), '[]') FROM unnest(bookings) WHERE rank = 'estimate'));
END $$;
