-- Posting a call that counts against limits for less (docs/decisions/0026): an entry of a call's limits leaves out what
-- repeats itself, a batch's entries are added up in one pass, and looked at one by one only where a call took more than was
-- set aside or leaves something; half as many index entries of a call's postings; and whose rows a session may write is
-- asked once a statement.

-- Of an entry, `kept` is left out where it is 0, then `cost` where it is what was taken, then `taken` where it is the
-- hold. The seventh place is that of migration posting.
CREATE FUNCTION uses_of(entries jsonb) RETURNS TABLE (quota_id text, period bigint, hold numeric, taken numeric,
  cost numeric, kept numeric, fenced numeric) LANGUAGE sql IMMUTABLE AS $$
  SELECT e->>0, (e->>1)::bigint, (e->>2)::numeric, coalesce(e->>3, e->>2)::numeric, coalesce(e->>4, e->>3, e->>2)::numeric,
    coalesce((e->>5)::numeric, 0), coalesce((e->>6)::numeric, 0)
  FROM jsonb_array_elements(entries) AS e
$$;

-- What the calls of a batch took of one quota. `leaving` is what leaves the slice of the process for good, as far as it is
-- `covered`; `by_itself`: an entry keeps something, or costs more than it took.
CREATE TYPE slice_use AS (
  quota_id text, period bigint, leaving numeric, cost numeric, by_itself boolean, granted numeric, covered numeric,
  is_hard boolean, is_wallet boolean
);
CREATE FUNCTION slice_uses(holder text, bookings booking[]) RETURNS slice_use[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(
    SELECT ROW(asked.*, coalesce(granted, 0), least(leaving, coalesce(granted, 0)), enforcement = 'hard', kind = 'credit')
      ::slice_use
    FROM (
      SELECT quota_id, period, sum(taken + kept + fenced) AS leaving, sum(cost) AS cost,
        bool_or(kept > 0 OR CASE WHEN quota_id = 'credit:' || organization_id THEN charged_amount ELSE cost END > taken)
          AS by_itself
      FROM unnest(bookings), uses_of(quotas) GROUP BY 1, 2
    ) AS asked
      JOIN quota ON quota.id = asked.quota_id AND quota.period = asked.period
      LEFT JOIN lease ON lease.process_id = holder AND lease.quota_id = asked.quota_id AND lease.period = asked.period)
$$;

-- Sets aside what estimates keep, and puts on record what calls took beyond their slices or holds. Gives how many did.
-- A slice that is too small serves its calls in turn.
CREATE FUNCTION book_uses_one_by_one(holder text, bookings booking[], slices slice_use[]) RETURNS integer
  LANGUAGE plpgsql AS $$
DECLARE
  without_lease text := CASE WHEN EXISTS (SELECT FROM process WHERE id = holder AND state <> 'dead')
    THEN 'short' ELSE 'late' END;
  overran text;
  overruns integer := 0;
BEGIN
  FOR overran IN
    WITH entry AS MATERIALIZED (
      SELECT call_id, quota_id, period, hold, taken, kept, taken + kept + fenced AS leaving,
        CASE WHEN quota_id = 'credit:' || organization_id THEN charged_amount ELSE cost END AS cost
      FROM unnest(bookings), uses_of(quotas)
    ), apart AS MATERIALIZED (
      SELECT entry.*, is_hard, CASE WHEN slice.covered = slice.leaving THEN entry.leaving
        ELSE least(entry.leaving, greatest(0, granted + entry.leaving
          - sum(entry.leaving) OVER (PARTITION BY quota_id ORDER BY call_id ROWS UNBOUNDED PRECEDING))) END AS covered
      FROM entry JOIN unnest(slices) AS slice USING (quota_id, period)
      WHERE slice.covered < slice.leaving OR kept > 0 OR entry.cost > taken
    ), held AS (
      INSERT INTO pending_hold (call_id, quota_id, period, amount)
      SELECT call_id, quota_id, period, least(kept, covered - taken) FROM apart WHERE least(kept, covered - taken) > 0
      RETURNING quota_id, amount
    ), set_aside AS (
      UPDATE quota SET leased = leased + part.amount
      FROM (SELECT quota_id, sum(amount) AS amount FROM held GROUP BY 1) AS part WHERE quota.id = part.quota_id
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
  RETURN overruns;
END $$;

-- As in migration posting, in one pass for all.
CREATE OR REPLACE FUNCTION book_quotas(holder text, bookings booking[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  slices slice_use[] := slice_uses(holder, bookings);
  overruns integer := 0;
BEGIN
  UPDATE lease SET granted = lease.granted - slice.covered FROM unnest(slices) AS slice
  WHERE process_id = holder AND lease.quota_id = slice.quota_id AND lease.period = slice.period AND slice.covered > 0;

  UPDATE quota SET spent = spent + part.cost, leased = leased - part.freed
  FROM (
    SELECT quota_id, sum(cost) AS cost, sum(freed) AS freed FROM (
      SELECT quota_id, CASE WHEN is_wallet THEN 0 ELSE cost END, covered FROM unnest(slices)
      -- A wallet pays what was charged, whether or not anything was set aside of it.
      UNION ALL SELECT 'credit:' || organization_id, charged_amount, 0 FROM unnest(bookings) WHERE charged_amount <> 0
    ) AS parts(quota_id, cost, freed) GROUP BY 1 HAVING sum(cost) <> 0 OR sum(freed) <> 0
  ) AS part WHERE quota.id = part.quota_id;

  IF EXISTS (SELECT FROM unnest(slices) WHERE by_itself OR covered < leaving) THEN
    overruns := book_uses_one_by_one(holder, bookings, slices);
  END IF;
  RETURN overruns + note_overdrafts(bookings);
END $$;

-- Only wallets and suspense are ever looked for by their account; revenue and what providers are owed are lines of nearly
-- every call. A query says so: account = … AND account LIKE 'wallet:%'.
DROP INDEX posting_account_idx;
CREATE INDEX posting_sought_account_idx ON posting (account) WHERE account LIKE 'wallet:%' OR account = 'suspense';

-- As in migration request_log. The condition on rows that are written is asked once a statement and not once a row: it
-- says the same, in a subquery that depends on no row. For rows that are read it stays as it was, because the planner
-- knows a setting's value and not a subquery's.
CREATE OR REPLACE FUNCTION protect_tenant_rows(relation regclass, condition text DEFAULT
  'organization_id = current_setting(''osm.organization'', true)') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  visible text := format('current_setting(''osm.organization'', true) = ''*'' OR %s', condition);
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', relation);
  EXECUTE format('DROP POLICY IF EXISTS tenant_rows ON %s', relation);
  EXECUTE format('CREATE POLICY tenant_rows ON %s USING (%s) WITH CHECK (%s)', relation, visible,
    replace(visible, 'current_setting(''osm.organization'', true)', '(SELECT current_setting(''osm.organization'', true))'));
END $$;
DO $$
DECLARE
  policy record;
BEGIN
  FOR policy IN
    SELECT polrelid::regclass AS relation, pg_get_expr(polqual, polrelid) AS visible
    FROM pg_policy WHERE polname = 'tenant_rows' AND polwithcheck IS NULL
  LOOP
    EXECUTE format('ALTER POLICY tenant_rows ON %s WITH CHECK (%s)', policy.relation, replace(policy.visible,
      'current_setting(''osm.organization''::text, true)', '(SELECT current_setting(''osm.organization''::text, true))'));
  END LOOP;
END $$;
