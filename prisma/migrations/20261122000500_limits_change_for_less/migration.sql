-- What a limit is does not change when something is spent of it. Postgres reads and plans every CHECK of a table anew for
-- each statement that updates it: 70 of the 80 µs that it took to raise `leased` of one row (docs/decisions/0032).

ALTER TABLE quota
  DROP CONSTRAINT quota_scope_known,
  DROP CONSTRAINT quota_kind_known,
  DROP CONSTRAINT quota_enforcement_known,
  DROP CONSTRAINT quota_window_of_kind,
  DROP CONSTRAINT quota_wallet_is_one,
  DROP CONSTRAINT quota_cap_not_negative,
  DROP CONSTRAINT quota_credit_limit_of_wallet,
  DROP CONSTRAINT quota_time_zone_known,
  DROP CONSTRAINT quota_tag_of_scope;

-- As they were in migration quotas, under the same names and with the same SQLSTATE.
CREATE FUNCTION check_quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  violated text := CASE
    WHEN NEW.scope NOT IN ('organization', 'project', 'member', 'api_key', 'tag', 'free_models') THEN 'quota_scope_known'
    WHEN NEW.kind NOT IN ('credit', 'budget', 'requests_per_minute', 'tokens_per_minute', 'requests_per_day',
      'concurrency') THEN 'quota_kind_known'
    WHEN NEW.enforcement NOT IN ('hard', 'warning') THEN 'quota_enforcement_known'
    WHEN NOT CASE NEW.kind
      WHEN 'budget' THEN NEW."window" IN ('total', 'day', 'week', 'month')
      WHEN 'requests_per_minute' THEN NEW."window" = 'minute'
      WHEN 'tokens_per_minute' THEN NEW."window" = 'minute'
      WHEN 'requests_per_day' THEN NEW."window" = 'day'
      ELSE NEW."window" = 'total' END THEN 'quota_window_of_kind'
    WHEN NEW.kind = 'credit' AND NEW.id <> 'credit:' || NEW.organization_id THEN 'quota_wallet_is_one'
    WHEN NEW.kind <> 'credit' AND NEW.cap < 0 THEN 'quota_cap_not_negative'
    WHEN NEW.credit_limit < 0 OR NEW.credit_limit >= 'Infinity' OR (NEW.kind <> 'credit' AND NEW.credit_limit <> 0)
      THEN 'quota_credit_limit_of_wallet'
    -- Fails for a zone that Postgres does not know.
    WHEN timestamp '2001-01-01' AT TIME ZONE NEW.time_zone IS NULL THEN 'quota_time_zone_known'
    WHEN (NEW.scope = 'tag') <> (NEW.tag_name IS NOT NULL) THEN 'quota_tag_of_scope'
  END;
BEGIN
  IF violated IS NOT NULL THEN
    RAISE EXCEPTION 'a limit must meet %', violated
      USING ERRCODE = 'check_violation', TABLE = 'quota', CONSTRAINT = violated;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER quota_checked BEFORE INSERT OR UPDATE OF id, organization_id, scope, kind, enforcement, cap, credit_limit,
  "window", time_zone, tag_name ON quota FOR EACH ROW EXECUTE FUNCTION check_quota();

-- As in migration quotas, for all quotas at once.
CREATE OR REPLACE FUNCTION turn_windows(ids text[], at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  due jsonb; -- Quota → [number of its window, end].
  over text[];
  moved text[]; -- Their windows were set anew, and have not begun anew.
BEGIN
  SELECT jsonb_object_agg(id, jsonb_build_array(current, ends)), array_agg(id) FILTER (WHERE period < current),
    array_agg(id) FILTER (WHERE period >= current)
  INTO due, over, moved
  FROM (
    SELECT id, period, extract(epoch FROM starts)::bigint AS current, ends
    FROM quota, window_bounds("window", time_zone, anchor, turn_windows.at)
    WHERE id = ANY (ids) AND "window" <> 'total' AND (period_ends IS NULL OR period_ends <= turn_windows.at)
  ) AS bounds;
  IF over IS NOT NULL THEN
    DELETE FROM lease WHERE quota_id = ANY (over);
    DELETE FROM pending_hold WHERE quota_id = ANY (over);
    UPDATE quota SET period = (due->id->>0)::bigint, spent = 0, leased = 0, period_ends = (due->id->>1)::timestamptz
    WHERE id = ANY (over);
  END IF;
  IF moved IS NOT NULL THEN
    UPDATE quota SET period_ends = (due->id->>1)::timestamptz WHERE id = ANY (moved);
  END IF;
END $$;

-- Whatever is asked, rows are found by their ids: a plan for each set of ids costs a quarter of the statement and is the
-- same again.
ALTER FUNCTION lease_operation(text, bigint, integer, jsonb, jsonb, jsonb, boolean)
  SET plan_cache_mode = force_generic_plan;
