-- Posting looks up the quotas of its calls, however many there are of other organizations. With 10,000 organizations of
-- five quotas each, a batch read all of them twice (39 ms, though it had one call), and a plan of book_quotas that was
-- made when there were few leases read all of them for every limit of a call: 0.8 s a batch of 120, during which
-- whoever wanted a slice of these quotas waited.

-- As in migration posting; the wallets that are looked at are few, and named.
CREATE OR REPLACE FUNCTION note_overdrafts(bookings booking[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  unescrowed text[] := ARRAY(SELECT DISTINCT 'credit:' || organization_id FROM unnest(bookings)
    WHERE charged_amount > 0
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

-- As in migration posting; whether a wallet is there is asked one by one, and a list of a few ids is made of a batch's
-- entries without a sort of all of them.
CREATE OR REPLACE FUNCTION lock_quotas_of(calls closed_call[]) RETURNS text[] LANGUAGE plpgsql AS $$
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
  WHERE (SELECT id FROM quota WHERE id = 'credit:' || organization) IS NULL ORDER BY 1
  ON CONFLICT DO NOTHING;

  SELECT array_agg(id) INTO warning FROM quota WHERE organization_id = ANY (organizations) AND enforcement = 'warning';
  PERFORM FROM quota WHERE id = ANY (ARRAY(
      SELECT id FROM (
        SELECT DISTINCT entry->>0 AS id FROM unnest(calls), jsonb_array_elements(quotas) AS entry) AS counted
      UNION SELECT 'credit:' || organization FROM unnest(paying) AS organization
      UNION SELECT unnest(warning)))
    ORDER BY id FOR UPDATE;
  PERFORM turn_windows(warning, clock_timestamp());
  RETURN ARRAY(SELECT DISTINCT organization_id FROM quota WHERE id = ANY (warning));
END $$;

ALTER FUNCTION note_overdrafts(booking[]) SET enable_seqscan = off;
ALTER FUNCTION lock_quotas_of(closed_call[]) SET enable_seqscan = off;
ALTER FUNCTION book_quotas(text, booking[]) SET enable_seqscan = off;

-- What it calls is planned for each batch, as docs/decisions/0023 means it: left to itself Postgres keeps the plans of the
-- first batches.
ALTER FUNCTION book_quotas(text, booking[]) SET plan_cache_mode = force_custom_plan;

-- With each heartbeat a process hears what it may have missed: found from the few quotas that were recalled of late, and
-- no longer from the slices that it has, of which it read all (22 ms with 50,000).
CREATE INDEX quota_recalled_at_idx ON quota (recalled_at) WHERE recalled_at IS NOT NULL;
CREATE OR REPLACE FUNCTION recalled_slices(holder text) RETURNS jsonb LANGUAGE plpgsql STABLE
  SET enable_seqscan = off AS $$
DECLARE
  since timestamptz := clock_timestamp() - interval '1 second';
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(id), '[]') FROM quota
    WHERE recalled_at > since
      AND (SELECT true FROM lease WHERE process_id = holder AND quota_id = quota.id AND granted > 0 LIMIT 1));
END $$;
