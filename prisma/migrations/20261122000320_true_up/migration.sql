-- What comes after posting: processes that end, better figures for estimates, and money that moves otherwise than by a
-- call. Locks are taken in the order that migration quotas tells.

-- Releases what a process has leased, but for the holds of its open calls: keep is [[quota, period, amount]]. Its
-- journal was read after it was found dead, or after its deadline, and posted.
--   dead: the kernel has released the lock of its journal. Its calls are settled; nothing is kept.
--   fenced: its deadline has passed and it lives; only while the deadline is the one that was seen. From now on it can
--   lease no more, and what it opens after `sequence` has no lease.
-- Gives what was released, [[quota, period, amount]]; null where the process is not in that state any more.
CREATE FUNCTION end_process(process_id text, next_state text, deadline_seen timestamptz, keep jsonb, sequence bigint)
  RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  me process%ROWTYPE;
  released jsonb;
BEGIN
  SELECT * INTO me FROM process WHERE id = end_process.process_id FOR UPDATE;
  IF NOT FOUND OR me.state = 'dead' OR (next_state = 'fenced'
    AND (me.state = 'fenced' OR me.deadline <> deadline_seen OR me.deadline > clock_timestamp()))
  THEN
    RETURN NULL;
  END IF;
  PERFORM FROM quota WHERE id IN (SELECT quota_id FROM lease WHERE lease.process_id = me.id) ORDER BY id FOR UPDATE;
  WITH kept AS (
    SELECT entry->>0 AS quota_id, (entry->>1)::bigint AS period, sum((entry->>2)::numeric) AS amount
    FROM jsonb_array_elements(keep) AS entry GROUP BY 1, 2
  ), slice AS (
    SELECT lease.quota_id, lease.period, least(granted, coalesce(amount, 0)) AS kept,
      greatest(0, granted - coalesce(amount, 0)) AS free, greatest(0, coalesce(amount, 0) - granted) AS missing
    FROM lease LEFT JOIN kept USING (quota_id, period) WHERE lease.process_id = me.id
  ), lowered AS (
    UPDATE lease SET granted = slice.kept FROM slice
    WHERE lease.process_id = me.id AND lease.quota_id = slice.quota_id AND lease.period = slice.period
  ), freed AS (
    UPDATE quota SET leased = leased - slice.free FROM slice
    WHERE quota.id = slice.quota_id AND quota.period = slice.period AND free > 0
    RETURNING slice.quota_id, slice.period, free
  ), noted AS (
    INSERT INTO overrun (quota_id, kind, amount) SELECT quota_id, 'short', missing FROM slice WHERE missing > 0
  )
  SELECT coalesce(jsonb_agg(jsonb_build_array(quota_id, period, trim_scale(free)::text) ORDER BY quota_id), '[]')
  INTO released FROM freed;
  DELETE FROM lease WHERE lease.process_id = me.id AND granted = 0;
  UPDATE process SET state = next_state, ended_at = CASE next_state WHEN 'dead' THEN clock_timestamp() END,
    fenced_sequence = CASE next_state WHEN 'fenced' THEN sequence ELSE fenced_sequence END
  WHERE id = me.id;
  RETURN released;
END $$;

-- The machine of "<machine>/<boot>".
CREATE FUNCTION machine_of(machine text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT split_part(machine, '/', 1)
$$;

-- Puts processes into quarantine that other machines than `own` have not kept alive, nor ended, for `after_ms` beyond
-- their deadline: their machine is gone, and perhaps its journal. What they leased stays leased. Gives their machines.
CREATE FUNCTION quarantine_processes(own text, after_ms bigint, fenced_after_ms bigint) RETURNS SETOF text
  LANGUAGE sql AS $$
  WITH gone AS (
    UPDATE process SET state = 'quarantined'
    WHERE machine_of(machine) <> machine_of(own) AND state IN ('alive', 'fenced') AND deadline < clock_timestamp()
      - CASE state WHEN 'alive' THEN after_ms ELSE fenced_after_ms END * interval '1 ms'
    RETURNING machine
  )
  SELECT DISTINCT machine FROM gone
$$;

-- Releases what processes in quarantine have leased: those of a machine, or with null of all, whose deadline is longer
-- ago than `older_than_ms`. Whatever their journals tell later is charged all the same, and put on record as late.
CREATE FUNCTION release_quarantine(of_machine text, older_than_ms bigint DEFAULT 0)
  RETURNS TABLE (process_id text, machine text, released jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  gone text[];
BEGIN
  SELECT array_agg(id) INTO gone FROM (
    SELECT p.id FROM process AS p
    WHERE p.state = 'quarantined' AND (of_machine IS NULL OR of_machine IN (p.machine, machine_of(p.machine)))
      AND p.deadline < clock_timestamp() - older_than_ms * interval '1 ms'
    ORDER BY p.id FOR UPDATE) AS locked;
  PERFORM FROM quota WHERE id IN (SELECT quota_id FROM lease WHERE lease.process_id = ANY (gone)) ORDER BY id FOR UPDATE;
  RETURN QUERY SELECT p.id, p.machine, end_process(p.id, 'dead', NULL, '[]', NULL) FROM process AS p WHERE p.id = ANY (gone);
END $$;

-- Gives back what calls have left set aside; the quotas are locked.
CREATE FUNCTION free_holds(calls text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH freed AS (
    DELETE FROM pending_hold WHERE call_id = ANY (calls) RETURNING quota_id, period, amount
  )
  UPDATE quota SET leased = leased - part.amount
  FROM (SELECT quota_id, period, sum(amount) AS amount FROM freed GROUP BY 1, 2) AS part
  WHERE quota.id = part.quota_id AND quota.period = part.period;
END $$;

CREATE FUNCTION lock_holds(calls text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM quota WHERE id IN (SELECT quota_id FROM pending_hold WHERE call_id = ANY (calls)) ORDER BY id FOR UPDATE;
END $$;

-- No better figure will come for an estimate: it stands, and what it left set aside is free again. True where it was
-- still open.
CREATE FUNCTION settle_estimate(call text, reason text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM usage_event WHERE call_id = call AND revision = 1 FOR UPDATE;
  PERFORM lock_holds(ARRAY[call]);
  PERFORM free_holds(ARRAY[call]);
  UPDATE usage_event SET reconciled_at = clock_timestamp(), reconciliation = reason
  WHERE call_id = call AND rank = 'estimate' AND reconciled_at IS NULL;
  RETURN FOUND;
END $$;

-- Holds that nobody has come back for are free after this long. Gives of how many calls.
CREATE FUNCTION free_stale_holds(older_than_ms bigint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  calls text[] := ARRAY(SELECT DISTINCT call_id FROM pending_hold
    WHERE created_at < clock_timestamp() - older_than_ms * interval '1 ms' ORDER BY 1 LIMIT 1000);
BEGIN
  PERFORM lock_holds(calls);
  PERFORM free_holds(calls);
  RETURN cardinality(calls);
END $$;

-- What a better figure changes of the limits that the call counted in: of those in dollars, in the windows that are
-- still open. What the call had left set aside covers the difference; the rest is put on record.
CREATE FUNCTION correct_quotas(call text, entries jsonb, wallet text, charged_difference numeric, difference numeric)
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  short text;
BEGIN
  FOR short IN
    WITH entry AS (
      SELECT DISTINCT e->>0 AS quota_id, (e->>1)::bigint AS period FROM jsonb_array_elements(entries) AS e
      UNION SELECT wallet, 0
    ), change AS (
      SELECT quota.id, enforcement, CASE kind WHEN 'credit' THEN charged_difference ELSE difference END AS cost,
        coalesce(pending_hold.amount, 0) AS held
      FROM entry JOIN quota ON quota.id = entry.quota_id AND quota.period = entry.period
        LEFT JOIN pending_hold ON pending_hold.call_id = call AND pending_hold.quota_id = quota.id
          AND pending_hold.period = quota.period
      WHERE kind IN ('credit', 'budget')
    ), counted AS (
      UPDATE quota SET spent = spent + cost, leased = leased - held FROM change WHERE quota.id = change.id
    ), freed AS (
      DELETE FROM pending_hold USING change WHERE call_id = call AND quota_id = change.id
    )
    INSERT INTO overrun (call_id, quota_id, kind, amount)
    SELECT call, id, 'overrun', cost - held FROM change WHERE enforcement = 'hard' AND cost > held
    RETURNING quota_id
  LOOP
    PERFORM pg_notify('osm_recall', '- ' || short);
  END LOOP;
  PERFORM free_holds(ARRAY[call]); -- What was left of windows that are over.
END $$;

-- The figure that a call has now, in the terms of a posting.
CREATE FUNCTION difference_of(before usage_event, after usage_event) RETURNS booking LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(after.call_id, after.revision, after.organization_id, after.project_id, after.api_key_id, after.member_id,
    after.provider_id, after.model_id, after.source, after.tags, after.occurred_at, after.rank, 0,
    coalesce((after.units->>'promptTokens')::bigint, 0) - coalesce((before.units->>'promptTokens')::bigint, 0),
    coalesce((after.units->>'completionTokens')::bigint, 0) - coalesce((before.units->>'completionTokens')::bigint, 0),
    coalesce((after.units->>'cachedTokens')::bigint, 0) - coalesce((before.units->>'cachedTokens')::bigint, 0),
    CASE WHEN after.charged THEN after.amount - before.amount ELSE 0 END,
    CASE WHEN after.charged THEN 0 ELSE after.amount - before.amount END,
    after.provider_cost - before.provider_cost, after.quotas, NULL)::booking
$$;

-- A call whose better figure is less than was given back for it would pay its tenant: what was given back too much is
-- taken back, as a refund with a minus. The call and its wallet are locked.
CREATE FUNCTION take_back_refund(figure usage_event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  wallet text := 'wallet:' || figure.organization_id;
  source text := figure.call_id || '/' || figure.revision;
  charged numeric;
BEGIN
  SELECT coalesce(-sum(posting.amount), 0) INTO charged
  FROM ledger_transaction AS t JOIN posting ON transaction_id = t.id
  WHERE account = wallet AND ((t.kind = 'usage' AND t.source = figure.call_id) OR t.call_id = figure.call_id);
  IF charged >= 0 THEN
    RETURN;
  END IF;
  PERFORM commit_transaction('lt_refund_' || source || '_1', 'refund', source, 1, figure.organization_id,
    date_trunc('milliseconds', clock_timestamp()), jsonb_build_array(
      jsonb_build_object('account', wallet, 'amount', charged::text),
      jsonb_build_object('account', 'revenue', 'amount', (-charged)::text)), figure.call_id);
  INSERT INTO wallet_movement (transaction_id, organization_id, note)
  VALUES ('lt_refund_' || source || '_1', figure.organization_id, 'The call cost less than was given back for it');
END $$;

-- Replaces the figure of a call by a better one, as a new revision with the difference. A figure is {"rank", "reason"}
-- and what is better known: {"units", "lines", "amount"} moves what the tenant pays, {"providerCost"} alone only the
-- provider's accounts. A figure of a lower rank, or of the same, changes nothing; only a person may correct a person.
-- Gives {"state": "posted" | "outranked" | "unknown", "revision", "difference", "providerDifference"}.
CREATE FUNCTION true_up(call text, figure jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  before usage_event%ROWTYPE;
  after usage_event%ROWTYPE;
  change booking;
BEGIN
  PERFORM FROM usage_event WHERE call_id = call AND revision = 1 FOR UPDATE;
  IF NOT FOUND THEN
    RETURN '{"state": "unknown"}';
  END IF;
  SELECT * INTO before FROM usage_event WHERE call_id = call ORDER BY revision DESC LIMIT 1;
  IF rank_order(figure->>'rank') < rank_order(before.rank)
    OR (figure->>'rank' = before.rank AND before.rank <> 'manual')
  THEN
    RETURN jsonb_build_object('state', 'outranked', 'revision', before.revision);
  END IF;
  after := before;
  after.revision := before.revision + 1;
  after.rank := figure->>'rank';
  after.units := coalesce(figure->'units', before.units);
  after.cost_lines := coalesce(figure->'lines', before.cost_lines);
  after.amount := coalesce((figure->>'amount')::numeric, before.amount);
  after.provider_cost := CASE WHEN before.charged THEN coalesce((figure->>'providerCost')::numeric, before.provider_cost)
    ELSE 0 END;
  after.recorded_at := clock_timestamp();
  after.reconciled_at := NULL;
  after.reconciliation := NULL;
  after.credential_id := NULL;
  after.upstream_id := NULL;
  after.quotas := (
    SELECT coalesce(jsonb_agg(jsonb_build_array(entry->>0, entry->1, '0', '0', CASE kind
      WHEN 'credit' THEN trim_scale(CASE WHEN after.charged THEN after.amount ELSE 0 END)::text
      WHEN 'budget' THEN trim_scale(after.amount)::text
      ELSE entry->>4 END, '0') ORDER BY place), '[]')
    FROM jsonb_array_elements(before.quotas) WITH ORDINALITY AS entries(entry, place) JOIN quota ON id = entry->>0);
  change := difference_of(before, after);

  PERFORM FROM quota WHERE id IN (
      SELECT entry->>0 FROM jsonb_array_elements(before.quotas) AS entry
      UNION SELECT quota_id FROM pending_hold WHERE call_id = call
      UNION SELECT 'credit:' || before.organization_id)
    ORDER BY id FOR UPDATE;
  INSERT INTO usage_event SELECT after.*;
  PERFORM book_ledger(ARRAY[change]);
  PERFORM correct_quotas(call, before.quotas, 'credit:' || before.organization_id, change.charged_amount,
    after.amount - before.amount);
  PERFORM book_rollups(ARRAY[change]);
  PERFORM take_back_refund(after);
  UPDATE request_log SET cost = after.amount, cost_basis = after.rank,
    prompt_tokens = loggable(after.units->'promptTokens'), completion_tokens = loggable(after.units->'completionTokens'),
    cached_tokens = loggable(after.units->'cachedTokens'), reasoning_tokens = loggable(after.units->'reasoningTokens')
  WHERE call_id = call AND started_at = before.occurred_at;
  UPDATE usage_event SET reconciled_at = after.recorded_at, reconciliation = coalesce(figure->>'reason', after.rank)
  WHERE call_id = call AND rank = 'estimate' AND reconciled_at IS NULL AND revision < after.revision;
  RETURN jsonb_build_object('state', 'posted', 'revision', after.revision,
    'difference', trim_scale(after.amount - before.amount)::text,
    'providerDifference', trim_scale(change.provider_cost)::text);
END $$;

-- Commits one ledger transaction that is not a call's figure: `lines` is [{"account": …, "amount": "decimal USD"}].
-- Idempotent by (kind, source, revision): true if it was new. A line on wallet:<organization> moves the cap of its
-- credit; one that takes more than is free is put on record, and slices are called back. `call` is the one that a
-- refund is for.
DROP FUNCTION commit_transaction(text, text, text, int, text, timestamptz, jsonb);
CREATE FUNCTION commit_transaction(id text, kind text, source text, revision int, organization text,
  occurred_at timestamptz, lines jsonb, call text DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF jsonb_array_length(lines) < 2 THEN
    RAISE EXCEPTION 'a ledger transaction has at least two lines' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at, call_id)
  VALUES (id, kind, source, revision, organization, occurred_at, call)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO posting (transaction_id, line, account, amount)
  SELECT commit_transaction.id, line, entry->>'account', (entry->>'amount')::numeric
  FROM jsonb_array_elements(lines) WITH ORDINALITY AS l(entry, line);
  INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap)
  SELECT 'credit:' || organization, organization, 'organization', organization, 'credit', sum((entry->>'amount')::numeric)
  FROM jsonb_array_elements(lines) AS l(entry) WHERE entry->>'account' = 'wallet:' || organization
  HAVING count(*) > 0
  ON CONFLICT (id) DO UPDATE SET cap = quota.cap + excluded.cap;
  RETURN true;
END $$;

CREATE INDEX ledger_transaction_call_idx ON ledger_transaction (call_id) WHERE call_id IS NOT NULL;

-- Gives money back for a call, once per `source`, and never more than the call was charged: usage and totals stay as
-- they are. Gives {"state": "refunded" | "repeated" | "unknown" | "exceeds", "refundable": what could be given back}.
CREATE FUNCTION refund_call(source text, call text, amount numeric, occurred_at timestamptz) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE
  organization text;
  refundable numeric;
BEGIN
  SELECT organization_id INTO organization FROM usage_event WHERE call_id = call AND revision = 1 FOR UPDATE;
  IF NOT FOUND THEN
    RETURN '{"state": "unknown"}';
  END IF;
  SELECT coalesce(-sum(posting.amount), 0) INTO refundable
  FROM ledger_transaction AS t JOIN posting ON transaction_id = t.id
  WHERE account = 'wallet:' || organization AND ((t.kind = 'usage' AND t.source = call) OR t.call_id = call);
  IF EXISTS (SELECT FROM ledger_transaction AS t WHERE t.kind = 'refund' AND t.source = refund_call.source) THEN
    RETURN jsonb_build_object('state', 'repeated', 'refundable', trim_scale(refundable)::text);
  END IF;
  -- Written so that NaN exceeds, too.
  IF NOT (refund_call.amount > 0 AND refund_call.amount <= refundable) THEN
    RETURN jsonb_build_object('state', 'exceeds', 'refundable', trim_scale(refundable)::text);
  END IF;
  PERFORM commit_transaction('lt_refund_' || refund_call.source || '_1', 'refund', refund_call.source, 1, organization,
    refund_call.occurred_at, jsonb_build_array(
      jsonb_build_object('account', 'wallet:' || organization, 'amount', refund_call.amount::text),
      jsonb_build_object('account', 'revenue', 'amount', (-refund_call.amount)::text)), call);
  RETURN jsonb_build_object('state', 'refunded', 'refundable', trim_scale(refundable - refund_call.amount)::text);
END $$;

-- Differences to a provider's bill that a person has accepted as the provider's cost, and why. Append only.
CREATE TABLE suspense_acceptance (
    transaction_id TEXT NOT NULL,
    amount DECIMAL(38,12) NOT NULL,
    reason TEXT NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT suspense_acceptance_pkey PRIMARY KEY (transaction_id)
);
CREATE TRIGGER suspense_acceptance_append_only BEFORE UPDATE OR DELETE ON suspense_acceptance
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER suspense_acceptance_no_truncate BEFORE TRUNCATE ON suspense_acceptance
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What stands in suspense, by provider, day and model of the bills that it came from.
CREATE FUNCTION suspense_items() RETURNS TABLE (source text, amount numeric, since timestamptz) LANGUAGE sql STABLE AS $$
  SELECT t.source, sum(p.amount), min(t.recorded_at)
  FROM posting AS p JOIN ledger_transaction AS t ON t.id = p.transaction_id
  WHERE p.account = 'suspense' GROUP BY t.source HAVING sum(p.amount) <> 0
$$;

-- Accepts what stands in suspense of a provider, a day and a model: it becomes the provider's cost, with a transaction of
-- its own. Only the whole of it, so that nobody accepts what they have not seen.
-- Gives {"state": "accepted" | "changed" | "nothing", "id": of the transaction, "standing": what stands there}.
CREATE FUNCTION accept_suspense(provider text, day text, model text, amount numeric, reason text) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE
  wanted text := provider || '/' || day || '/' || model;
  standing numeric;
  id text;
  earlier integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('reconcile_bill ' || provider));
  SELECT coalesce(sum(item.amount), 0) INTO standing FROM suspense_items() AS item WHERE item.source = wanted;
  IF standing = 0 OR standing IS DISTINCT FROM accept_suspense.amount THEN
    RETURN jsonb_build_object('state', CASE standing WHEN 0 THEN 'nothing' ELSE 'changed' END,
      'standing', trim_scale(standing)::text);
  END IF;
  SELECT count(*) INTO earlier FROM ledger_transaction AS t WHERE t.kind = 'acceptance' AND t.source = wanted;
  id := 'lt_acceptance_' || wanted || '_' || (earlier + 1);
  PERFORM commit_transaction(id, 'acceptance', wanted, earlier + 1, 'platform', clock_timestamp(), jsonb_build_array(
    jsonb_build_object('account', 'provider_cost:' || provider, 'amount', standing::text),
    jsonb_build_object('account', 'suspense', 'amount', (-standing)::text)));
  INSERT INTO suspense_acceptance (transaction_id, amount, reason) VALUES (id, standing, accept_suspense.reason);
  RETURN jsonb_build_object('state', 'accepted', 'id', id, 'standing', '0');
END $$;
