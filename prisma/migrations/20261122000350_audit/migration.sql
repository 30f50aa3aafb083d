-- What the audit found, and what the providers' bills say beside the books. Nothing here belongs to a tenant.

-- One run of the audit. The next incremental one looks at what was recorded since `watermark`.
CREATE TABLE audit_run (
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    since TIMESTAMPTZ(6),
    watermark TIMESTAMPTZ(6) NOT NULL,
    violations INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    results JSONB NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT audit_run_pkey PRIMARY KEY (id),
    CONSTRAINT audit_run_scope_known CHECK (scope IN ('incremental', 'full'))
);
CREATE INDEX audit_run_created_at_id_idx ON audit_run (created_at, id);

-- One comparison of a provider's bill with the books that changed something.
CREATE TABLE reconciliation_run (
    id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    from_day DATE NOT NULL,
    to_day DATE NOT NULL,
    billed DECIMAL(38,12) NOT NULL,
    booked DECIMAL(38,12) NOT NULL,
    posted DECIMAL(38,12) NOT NULL,
    is_alarming BOOLEAN NOT NULL,
    differences JSONB NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT reconciliation_run_pkey PRIMARY KEY (id)
);
CREATE INDEX reconciliation_run_provider_id_created_at_idx ON reconciliation_run (provider_id, created_at);

-- What a provider bills for a day (UTC) and a model, by its latest bill. An empty model: what is for no model.
CREATE TABLE bill_line (
    provider_id TEXT NOT NULL,
    day DATE NOT NULL,
    model_id TEXT NOT NULL,
    amount DECIMAL(38,12) NOT NULL,
    run_id TEXT NOT NULL,

    CONSTRAINT bill_line_pkey PRIMARY KEY (provider_id, day, model_id),
    CONSTRAINT bill_line_amount_is_a_number CHECK (amount < 'Infinity')
);

-- The audit looks for what is new; rows come nearly in the order of these columns.
CREATE INDEX usage_event_recorded_at_idx ON usage_event USING brin (recorded_at);
CREATE INDEX ledger_transaction_recorded_at_idx ON ledger_transaction USING brin (recorded_at);

-- What the ledger owes a provider by the day (UTC) and the model, before any bill.
CREATE FUNCTION booked_by_day(provider text, from_day date, to_day date)
  RETURNS TABLE (day date, model_id text, amount numeric) LANGUAGE sql STABLE AS $$
  SELECT (hour AT TIME ZONE 'UTC')::date, h.model_id, sum(provider_cost) FROM usage_hourly AS h
  WHERE provider_id = provider AND provider_cost <> 0
    AND hour >= from_day::timestamp AT TIME ZONE 'UTC' AND hour < (to_day + 1)::timestamp AT TIME ZONE 'UTC'
  GROUP BY 1, 2
$$;

-- What bills have added to a provider's debt so far, by day and model.
CREATE FUNCTION suspended_of(provider text, day date, model text) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(-sum(p.amount), 0) FROM ledger_transaction AS t JOIN posting AS p ON p.transaction_id = t.id
  WHERE t.kind = 'reconciliation' AND t.source = provider || '/' || day || '/' || model
    AND p.account = 'provider_payable:' || provider
$$;

-- Compares a provider's bill with what the ledger owes it, by day and model: `lines` is [{"day", "model", "amount"}],
-- complete for the days that it names. What it differs by beyond what earlier bills differed by is posted between
-- suspense and what we owe the provider; tenants' accounts are not touched. The same bill again changes nothing.
-- It is alarming where the differences are more than a dollar and more than a hundredth of the bill.
-- Gives {"billed", "booked", "posted", "is_alarming", "differences": [{"day", "model", "billed", "booked", "difference",
-- "posted"}]} with all that was compared; `posted` is what is new.
CREATE FUNCTION reconcile_bill(run text, provider text, origin text, lines jsonb, is_dry boolean) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE
  difference record;
  revisions integer;
  compared jsonb := '[]';
  found record;
  is_alarming boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('reconcile_bill ' || provider));
  FOR difference IN
    WITH billed AS (
      SELECT (line->>'day')::date AS day, line->>'model' AS model_id, sum((line->>'amount')::numeric) AS amount
      FROM jsonb_array_elements(lines) AS line GROUP BY 1, 2
    ), booked AS (
      SELECT b.* FROM booked_by_day(provider, (SELECT min(day) FROM billed), (SELECT max(day) FROM billed)) AS b
      WHERE b.day IN (SELECT day FROM billed)
    )
    SELECT day, model_id, coalesce(billed.amount, 0) AS billed, coalesce(booked.amount, 0) AS booked
    FROM billed FULL JOIN booked USING (day, model_id) ORDER BY day, model_id
  LOOP
    DECLARE
      wanted text := provider || '/' || difference.day || '/' || difference.model_id;
      amount numeric := difference.billed - difference.booked
        - suspended_of(provider, difference.day, difference.model_id);
    BEGIN
      compared := compared || jsonb_build_object('day', difference.day, 'model', difference.model_id,
        'billed', trim_scale(difference.billed)::text, 'booked', trim_scale(difference.booked)::text,
        'difference', trim_scale(difference.billed - difference.booked)::text, 'posted', trim_scale(amount)::text);
      CONTINUE WHEN is_dry;
      INSERT INTO bill_line (provider_id, day, model_id, amount, run_id)
      VALUES (provider, difference.day, difference.model_id, difference.billed, run)
      ON CONFLICT (provider_id, day, model_id) DO UPDATE SET amount = excluded.amount, run_id = excluded.run_id
        WHERE bill_line.amount <> excluded.amount;
      CONTINUE WHEN amount = 0;
      SELECT count(*) INTO revisions FROM ledger_transaction AS t WHERE t.kind = 'reconciliation' AND t.source = wanted;
      PERFORM commit_transaction('lt_reconciliation_' || wanted || '_' || (revisions + 1), 'reconciliation', wanted,
        revisions + 1, 'platform', clock_timestamp(), jsonb_build_array(
          jsonb_build_object('account', 'suspense', 'amount', amount::text),
          jsonb_build_object('account', 'provider_payable:' || provider, 'amount', (-amount)::text)));
    END;
  END LOOP;
  SELECT coalesce(sum((d->>'billed')::numeric), 0) AS billed, coalesce(sum((d->>'booked')::numeric), 0) AS booked,
    coalesce(sum((d->>'posted')::numeric), 0) AS posted, coalesce(sum(abs((d->>'difference')::numeric)), 0) AS apart,
    coalesce(bool_or((d->>'posted')::numeric <> 0), false) AS is_new, min((d->>'day')::date) AS from_day,
    max((d->>'day')::date) AS to_day
  INTO found FROM jsonb_array_elements(compared) AS d;
  is_alarming := found.apart > 1 AND found.apart * 100 > abs(found.billed);
  IF found.is_new AND NOT is_dry THEN
    INSERT INTO reconciliation_run (id, provider_id, origin, from_day, to_day, billed, booked, posted, is_alarming,
      differences)
    VALUES (run, provider, origin, found.from_day, found.to_day, found.billed, found.booked, found.posted, is_alarming,
      compared);
  END IF;
  RETURN jsonb_build_object('billed', trim_scale(found.billed)::text, 'booked', trim_scale(found.booked)::text,
    'posted', trim_scale(found.posted)::text, 'is_new', found.is_new AND NOT is_dry, 'is_alarming', is_alarming,
    'differences', compared);
END $$;
