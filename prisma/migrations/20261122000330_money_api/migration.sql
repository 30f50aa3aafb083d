-- What the admin API needs of money: limits in lists, what people said of the money they moved, and alerts of budgets.

-- Lists are paged by the time a row was made: in whole milliseconds, so that a cursor holds it exactly.
ALTER TABLE quota ALTER COLUMN created_at SET DATA TYPE TIMESTAMPTZ(3);

-- What a ledger transaction does not say by itself, of those that people asked for. One external payment is credited
-- once, whichever organization it is for; what is given back of a top-up names the top-up.
CREATE TABLE wallet_movement (
    transaction_id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    external_id TEXT,
    refunded_id TEXT,
    note TEXT,

    CONSTRAINT wallet_movement_pkey PRIMARY KEY (transaction_id)
);
CREATE UNIQUE INDEX wallet_movement_external_id_key ON wallet_movement (external_id);
CREATE INDEX wallet_movement_refunded_id_idx ON wallet_movement (refunded_id);
SELECT protect_tenant_rows('wallet_movement');
CREATE TRIGGER wallet_movement_append_only BEFORE UPDATE OR DELETE ON wallet_movement
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallet_movement_no_truncate BEFORE TRUNCATE ON wallet_movement
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- All but usage, of which there is far more.
CREATE INDEX ledger_transaction_movement_idx ON ledger_transaction (organization_id, occurred_at) WHERE kind <> 'usage';

-- Limits as they stand now; where a window has ended that nobody has turned yet, nothing of the next one is used.
CREATE FUNCTION quota_standing(organization text, ids text[])
  RETURNS TABLE (id text, spent text, leased text, resets_at timestamptz) LANGUAGE sql VOLATILE AS $$
  SELECT quota.id, trim_scale(CASE WHEN is_over THEN 0 ELSE spent END)::text,
    trim_scale(CASE WHEN is_over THEN 0 ELSE leased END)::text, ends
  FROM quota, window_bounds("window", time_zone, anchor, clock_timestamp()),
    LATERAL (SELECT "window" <> 'total' AND period < extract(epoch FROM starts)::bigint) AS turn(is_over)
  WHERE organization_id = organization AND quota.id = ANY (ids)
$$;

-- That a budget was used to a part of it, in percent, within a window: once for each part.
CREATE TABLE budget_alert (
    id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    quota_id TEXT NOT NULL,
    period BIGINT NOT NULL,
    threshold INTEGER NOT NULL,
    cap DECIMAL(38,12) NOT NULL,
    spent DECIMAL(38,12) NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT budget_alert_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX budget_alert_quota_id_period_threshold_key ON budget_alert (quota_id, period, threshold);
CREATE INDEX budget_alert_organization_id_created_at_idx ON budget_alert (organization_id, created_at);
SELECT protect_tenant_rows('budget_alert');

-- Puts on record which budgets have newly passed one of these parts. Gives the new alerts.
CREATE FUNCTION raise_budget_alerts(thresholds integer[]) RETURNS SETOF budget_alert LANGUAGE sql AS $$
  INSERT INTO budget_alert (id, organization_id, quota_id, period, threshold, cap, spent)
  SELECT 'alr_' || quota.id || '_' || period || '_' || part, organization_id, quota.id, period, part, cap, spent
  FROM quota, unnest(thresholds) AS part
  WHERE kind = 'budget' AND deleted_at IS NULL AND spent > 0 AND spent * 100 >= cap * part
  ORDER BY 1
  ON CONFLICT DO NOTHING
  RETURNING *
$$;
