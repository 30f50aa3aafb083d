-- Limits, and the slices of them that processes lease. What a process may spend it has leased before; what it spent is
-- in its journal and is posted after (migration posting). Amounts are dollars of the kinds credit and budget, pieces of
-- the others; decimal text in JSON. The words are those of src/billing/quota/quota.ts.
--
--   register_process(id, machine, ttl_ms)
--   lease_operation(process_id, operation, ttl_ms, returns, needs, wants, recall) → jsonb
--   window_bounds(window, time_zone, anchor, at) → starts, ends
--   post_calls(process_id, closes) → jsonb                                                    (migration posting)
--   end_process, quarantine_processes, release_quarantine, true_up, settle_estimate           (migration true_up)
--
-- What must hold at any time: quota.leased = Σ lease.granted + Σ pending_hold.amount of the quota.
-- Locks are always taken in this order: the process's row, usage events, quotas by id, leases and holds. Posting takes
-- no process's row. Each function is one statement of its caller, committed at once.

ALTER TABLE quota
  ADD COLUMN organization_id TEXT,
  ADD COLUMN enforcement TEXT NOT NULL DEFAULT 'hard',
  ADD COLUMN credit_limit DECIMAL(38,12) NOT NULL DEFAULT 0,
  ADD COLUMN "window" TEXT NOT NULL DEFAULT 'total',
  ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC',
  ADD COLUMN anchor TIMESTAMPTZ(6),
  ADD COLUMN period BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN period_ends TIMESTAMPTZ(6),
  ADD COLUMN tag_name TEXT,
  ADD COLUMN tag_value TEXT,
  ADD COLUMN recalled_at TIMESTAMPTZ(6),
  ADD COLUMN version INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN created_at TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN deleted_at TIMESTAMPTZ(6);
UPDATE quota SET organization_id = scope_id;
ALTER TABLE quota ALTER COLUMN organization_id SET NOT NULL;

-- A scope may have several budgets. `spent` and `leased` are projections and bound by no check, for a check on them
-- would stop posting for everybody; what is set by people is checked. `< 'Infinity'` keeps NaN out.
DROP INDEX quota_scope_scope_id_kind_key;
CREATE INDEX quota_organization_id_idx ON quota (organization_id);
CREATE INDEX quota_scope_scope_id_idx ON quota (scope, scope_id);
CREATE INDEX quota_warning_idx ON quota (organization_id) WHERE enforcement = 'warning';
ALTER TABLE quota SET (fillfactor = 50),
  ADD CONSTRAINT quota_scope_known
    CHECK (scope IN ('organization', 'project', 'member', 'api_key', 'tag', 'free_models')),
  ADD CONSTRAINT quota_kind_known CHECK (kind IN ('credit', 'budget', 'requests_per_minute', 'tokens_per_minute',
    'requests_per_day', 'concurrency')),
  ADD CONSTRAINT quota_enforcement_known CHECK (enforcement IN ('hard', 'warning')),
  ADD CONSTRAINT quota_window_of_kind CHECK (CASE kind
    WHEN 'budget' THEN "window" IN ('total', 'day', 'week', 'month')
    WHEN 'requests_per_minute' THEN "window" = 'minute'
    WHEN 'tokens_per_minute' THEN "window" = 'minute'
    WHEN 'requests_per_day' THEN "window" = 'day'
    ELSE "window" = 'total' END),
  ADD CONSTRAINT quota_wallet_is_one CHECK (kind <> 'credit' OR id = 'credit:' || organization_id),
  ADD CONSTRAINT quota_amounts_are_numbers CHECK (cap < 'Infinity' AND spent < 'Infinity' AND leased < 'Infinity'),
  ADD CONSTRAINT quota_cap_not_negative CHECK (kind = 'credit' OR cap >= 0),
  ADD CONSTRAINT quota_credit_limit_of_wallet
    CHECK (credit_limit >= 0 AND credit_limit < 'Infinity' AND (kind = 'credit' OR credit_limit = 0)),
  -- Fails for a zone that Postgres does not know.
  ADD CONSTRAINT quota_time_zone_known CHECK (timestamp '2001-01-01' AT TIME ZONE time_zone IS NOT NULL),
  ADD CONSTRAINT quota_tag_of_scope CHECK ((scope = 'tag') = (tag_name IS NOT NULL));
SELECT protect_tenant_rows('quota');

CREATE TABLE process (
    id TEXT NOT NULL,
    machine TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'alive',
    deadline TIMESTAMPTZ(6) NOT NULL,
    last_operation BIGINT NOT NULL DEFAULT 0,
    last_answer JSONB,
    fenced_sequence BIGINT,
    started_at TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    ended_at TIMESTAMPTZ(6),

    CONSTRAINT process_pkey PRIMARY KEY (id),
    CONSTRAINT process_state_known CHECK (state IN ('alive', 'fenced', 'quarantined', 'dead'))
) WITH (fillfactor = 50);
CREATE INDEX process_state_idx ON process (state);

CREATE TABLE lease (
    process_id TEXT NOT NULL,
    quota_id TEXT NOT NULL,
    period BIGINT NOT NULL,
    granted DECIMAL(38,12) NOT NULL,

    CONSTRAINT lease_pkey PRIMARY KEY (process_id, quota_id, period)
) WITH (fillfactor = 50);
CREATE INDEX lease_quota_id_idx ON lease (quota_id);

CREATE TABLE pending_hold (
    call_id TEXT NOT NULL,
    quota_id TEXT NOT NULL,
    period BIGINT NOT NULL,
    amount DECIMAL(38,12) NOT NULL,
    created_at TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT pending_hold_pkey PRIMARY KEY (call_id, quota_id)
);
CREATE INDEX pending_hold_quota_id_idx ON pending_hold (quota_id);
CREATE INDEX pending_hold_created_at_idx ON pending_hold (created_at);

CREATE TABLE overrun (
    id BIGSERIAL NOT NULL,
    call_id TEXT,
    quota_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount DECIMAL(38,12) NOT NULL,
    at TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT overrun_pkey PRIMARY KEY (id),
    CONSTRAINT overrun_kind_known CHECK (kind IN ('overrun', 'short', 'late', 'lowered'))
);
CREATE INDEX overrun_quota_id_idx ON overrun (quota_id);

-- The window that `at` lies in. The nth window begins at the nth step from the anchor on the clock of the time zone
-- (without an anchor: from a Monday that was the first of a month), so months end where they end, and a day has 23 or
-- 25 hours where the clock is changed. Which one it is follows from the instants alone: each ends where the next begins.
CREATE FUNCTION window_bounds("window" text, time_zone text, anchor timestamptz, at timestamptz,
  OUT starts timestamptz, OUT ends timestamptz) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  origin timestamp := coalesce(anchor AT TIME ZONE time_zone, timestamp '2001-01-01');
  wall timestamp := at AT TIME ZONE time_zone;
  step interval;
  n integer;
BEGIN
  CASE "window"
    WHEN 'total' THEN
      starts := to_timestamp(0);
      RETURN;
    WHEN 'minute' THEN
      starts := date_trunc('minute', at);
      ends := starts + interval '1 minute';
      RETURN;
    WHEN 'month' THEN
      step := interval '1 month';
      n := 12 * (extract(year FROM wall) - extract(year FROM origin)) + extract(month FROM wall) - extract(month FROM origin);
    ELSE
      step := CASE "window" WHEN 'week' THEN interval '7 days' ELSE interval '1 day' END;
      n := floor(extract(epoch FROM wall - origin) / extract(epoch FROM step));
  END CASE;
  -- A time that the clock shows twice, or never, means the later instant; then `at` is still in the window before.
  WHILE (origin + n * step) AT TIME ZONE time_zone > at LOOP n := n - 1; END LOOP;
  starts := (origin + n * step) AT TIME ZONE time_zone;
  ends := (origin + (n + 1) * step) AT TIME ZONE time_zone;
END $$;

-- Turns quotas to the window that `at` lies in; never back. Slices and holds die with their window. The caller has
-- locked the quotas.
CREATE FUNCTION turn_windows(ids text[], at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  due record;
BEGIN
  FOR due IN
    SELECT id, period, extract(epoch FROM starts)::bigint AS current, ends
    FROM quota, window_bounds("window", time_zone, anchor, turn_windows.at)
    WHERE id = ANY (ids) AND "window" <> 'total' AND (period_ends IS NULL OR period_ends <= turn_windows.at)
  LOOP
    IF due.period < due.current THEN
      DELETE FROM lease WHERE quota_id = due.id;
      DELETE FROM pending_hold WHERE quota_id = due.id;
      UPDATE quota SET period = due.current, period_ends = due.ends, spent = 0, leased = 0 WHERE id = due.id;
    ELSE
      UPDATE quota SET period_ends = due.ends WHERE id = due.id;
    END IF;
  END LOOP;
END $$;

-- What can be spent of a quota in all: a limit that was deleted refuses nothing any more.
CREATE FUNCTION spendable(cap numeric, credit_limit numeric, deleted_at timestamptz) RETURNS numeric
  LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN deleted_at IS NULL THEN cap + credit_limit ELSE 'Infinity' END
$$;

-- A process that wants to lease; its journal exists already.
CREATE FUNCTION register_process(id text, machine text, ttl_ms integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO process (id, machine, deadline)
  VALUES (register_process.id, register_process.machine, clock_timestamp() + ttl_ms * interval '1 ms')
  ON CONFLICT DO NOTHING
$$;

-- Takes slices back: [[quota, period, amount]]. What is not leased any more is passed over.
CREATE FUNCTION take_back(holder text, returns jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH given AS (
    SELECT item->>0 AS quota_id, (item->>1)::bigint AS period, sum((item->>2)::numeric) AS amount
    FROM jsonb_array_elements(returns) AS item GROUP BY 1, 2
  ), taken AS (
    SELECT quota_id, period, least(granted, amount) AS amount
    FROM lease JOIN given USING (quota_id, period) WHERE process_id = holder
  ), lowered AS (
    UPDATE lease SET granted = granted - taken.amount
    FROM taken WHERE process_id = holder AND lease.quota_id = taken.quota_id AND lease.period = taken.period
  )
  UPDATE quota SET leased = leased - back.amount
  FROM (SELECT quota_id, sum(amount) AS amount FROM taken GROUP BY 1) AS back WHERE id = back.quota_id;
END $$;

-- Adds to the slices of a process what was found to be there: quota → amount, twice.
CREATE FUNCTION give_slices(holder text, asked jsonb, extra jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH given AS (
    SELECT key AS quota_id, sum(value::numeric) AS amount
    FROM (SELECT * FROM jsonb_each_text(asked) UNION ALL SELECT * FROM jsonb_each_text(extra)) AS amounts
    GROUP BY 1 HAVING sum(value::numeric) > 0
  ), raised AS (
    UPDATE quota SET leased = leased + given.amount
    FROM given WHERE id = given.quota_id
    RETURNING id, period, given.amount
  )
  INSERT INTO lease AS held (process_id, quota_id, period, granted)
  SELECT holder, id, period, amount FROM raised ORDER BY id
  ON CONFLICT (process_id, quota_id, period) DO UPDATE SET granted = held.granted + excluded.granted;
END $$;

-- What is asked of each quota by the calls with these numbers: quota → amount.
CREATE FUNCTION needed_of(needs jsonb, numbers int[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(quota_id, amount), '{}') FROM (
    SELECT entry->>0 AS quota_id, sum((entry->>1)::numeric) AS amount
    FROM unnest(numbers) AS number, jsonb_array_elements(needs->number) AS entry GROUP BY 1) AS asked);
END $$;

-- Of the quotas that cannot serve all of what is asked, what each has left: quota → amount.
CREATE FUNCTION scarce_room(asked jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(key, coalesce(spendable(cap, credit_limit, deleted_at) - spent - leased, 0)), '{}')
    FROM jsonb_each_text(asked) LEFT JOIN quota ON id = key
    WHERE id IS NULL OR spendable(cap, credit_limit, deleted_at) - spent - leased < value::numeric);
END $$;

-- Why a call is refused. Final: what is spent already leaves too little. Otherwise others have it in hand.
CREATE FUNCTION refusal(number int, missing text, amount numeric, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  found quota%ROWTYPE;
  unspent numeric;
BEGIN
  SELECT * INTO found FROM quota WHERE id = missing;
  unspent := coalesce(found.cap + found.credit_limit - found.spent, 0);
  RETURN jsonb_build_object('need', number, 'quota', missing,
    'reset_ms', ceil(extract(epoch FROM found.period_ends - at) * 1000)::bigint,
    'final', unspent < amount OR found.id IS NULL,
    'left', trim_scale(greatest(unspent - CASE WHEN unspent < amount THEN 0 ELSE coalesce(found.leased, 0) END, 0))::text);
END $$;

-- Says which of the calls that wait get what they need, each all of it or nothing, in the order in which they came.
-- `room` is that of the scarce quotas; only they can refuse anybody.
CREATE FUNCTION choose_calls(needs jsonb, room jsonb, at timestamptz, OUT granted int[], OUT refused jsonb)
  LANGUAGE plpgsql AS $$
DECLARE
  number int;
  scarce jsonb;
  entry jsonb;
  lacking jsonb;
BEGIN
  granted := '{}';
  refused := '[]';
  FOR number IN 0 .. jsonb_array_length(needs) - 1 LOOP
    scarce := '[]';
    lacking := NULL;
    FOR entry IN SELECT * FROM jsonb_array_elements(needs->number) LOOP
      CONTINUE WHEN NOT room ? (entry->>0);
      scarce := scarce || jsonb_build_array(entry);
      IF lacking IS NULL AND (room->>(entry->>0))::numeric < (entry->>1)::numeric THEN
        lacking := entry;
      END IF;
    END LOOP;
    IF lacking IS NOT NULL THEN
      refused := refused || refusal(number, lacking->>0, (lacking->>1)::numeric, at);
      CONTINUE;
    END IF;
    granted := granted || number;
    FOR entry IN SELECT * FROM jsonb_array_elements(scarce) LOOP
      room := room || jsonb_build_object(entry->>0, (room->>(entry->>0))::numeric - (entry->>1)::numeric);
    END LOOP;
  END LOOP;
END $$;

-- Slices beyond what is asked, so that the next calls need not ask: wants is [[quota, extra, least]]. A process gets no
-- more than a share of what is left, and nothing where that is less than a hold, or where a call was refused.
CREATE FUNCTION extra_slices(wants jsonb, asked jsonb, refused jsonb, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  processes bigint;
BEGIN
  SELECT greatest(count(*), 1) INTO processes FROM process WHERE state = 'alive' AND deadline > at;
  RETURN (
    WITH wanted AS (
      SELECT item->>0 AS id, max((item->>1)::numeric) AS extra, max((item->>2)::numeric) AS least_useful
      FROM jsonb_array_elements(wants) AS item
      WHERE NOT refused @> jsonb_build_array(jsonb_build_object('quota', item->>0)) GROUP BY 1
    ), offered AS (
      SELECT id, least_useful, trunc(
        least(extra, (spendable(cap, credit_limit, deleted_at) - spent - leased - coalesce((asked->>id)::numeric, 0))
          / (2 * processes)),
        CASE WHEN kind IN ('credit', 'budget') THEN 12 ELSE 0 END) AS amount
      FROM wanted JOIN quota USING (id)
    )
    SELECT coalesce(jsonb_object_agg(id, trim_scale(amount)::text), '{}') FROM offered
    WHERE amount > 0 AND amount >= least_useful);
END $$;

-- Asks everybody to give back what they have in hand of the quotas that ran short, at most once in 50 ms each.
CREATE FUNCTION recall_slices(refused jsonb, asking text, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  short text;
BEGIN
  FOR short IN
    UPDATE quota SET recalled_at = recall_slices.at
    WHERE id IN (SELECT item->>'quota' FROM jsonb_array_elements(refused) AS item WHERE NOT (item->>'final')::boolean)
      AND (recalled_at IS NULL OR recalled_at < recall_slices.at - interval '50 ms')
    RETURNING id
  LOOP
    PERFORM pg_notify('osm_recall', asking || ' ' || short);
  END LOOP;
END $$;

-- [[quota, period, milliseconds to the end of its window, cap, left]]
CREATE FUNCTION describe_quotas(ids text[], at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_array(id, period,
      floor(extract(epoch FROM period_ends - describe_quotas.at) * 1000)::bigint, trim_scale(cap + credit_limit)::text,
      trim_scale(greatest(cap + credit_limit - spent - leased, 0))::text)), '[]')
    FROM quota WHERE id = ANY (ids));
END $$;

-- Returns, grants and extras of one operation; the process's row is locked.
CREATE FUNCTION lease_slices(holder text, returns jsonb, needs jsonb, wants jsonb, recall boolean) RETURNS jsonb
  LANGUAGE plpgsql AS $$
DECLARE
  ids text[];
  at timestamptz;
  everybody int[] := ARRAY(SELECT generate_series(0, jsonb_array_length(needs) - 1));
  granted int[] := everybody;
  refused jsonb := '[]';
  asked jsonb := needed_of(needs, everybody);
  room jsonb;
  extra jsonb := '{}';
BEGIN
  SELECT array_agg(id) INTO ids FROM (
    SELECT item->>0 FROM jsonb_array_elements(returns) AS item
    UNION SELECT key FROM jsonb_object_keys(asked) AS key
    UNION SELECT item->>0 FROM jsonb_array_elements(wants) AS item
  ) AS named(id);
  PERFORM FROM quota WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
  at := clock_timestamp(); -- After the locks: a grant that waited belongs to the window that is now.
  PERFORM turn_windows(ids, at);
  IF returns <> '[]' THEN
    PERFORM take_back(holder, returns);
  END IF;
  room := scarce_room(asked);
  IF room <> '{}' THEN
    SELECT * INTO granted, refused FROM choose_calls(needs, room, at);
    asked := needed_of(needs, granted);
  END IF;
  IF wants <> '[]' THEN
    extra := extra_slices(wants, asked, refused, at);
  END IF;
  PERFORM give_slices(holder, asked, extra);
  IF recall AND refused <> '[]' THEN
    PERFORM recall_slices(refused, holder, at);
  END IF;
  RETURN jsonb_build_object('granted', to_jsonb(granted), 'refused', refused,
    'extra', (SELECT coalesce(jsonb_agg(jsonb_build_array(key, value)), '[]') FROM jsonb_each(extra)),
    'quotas', describe_quotas(ids, at), 'now', floor(extract(epoch FROM at) * 1000)::bigint);
END $$;

-- What a process may hear late: quotas that it has in hand and others have just asked for.
CREATE FUNCTION recalled_slices(holder text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(DISTINCT quota_id), '[]') FROM lease JOIN quota ON id = quota_id
    WHERE process_id = holder AND granted > 0 AND recalled_at > clock_timestamp() - interval '1 second');
END $$;

-- Heartbeat, returns and grants of a process in one, numbered without gaps, one at a time. The same number again gets
-- the same answer and does nothing else: the answer was lost. A gap means that the database has forgotten something;
-- the process is fenced, as is one that is not alive any more. `returns` [[quota, period, amount]] is in nobody's hand
-- any more when this is sent; `needs` [[[quota, amount], …], …] is one list per call that waits; `wants`
-- [[quota, extra, least]]. The answer is LeaseAnswer or FencedAnswer of quota.ts; a refusal counts against nothing.
CREATE FUNCTION lease_operation(process_id text, operation bigint, ttl_ms integer, returns jsonb, needs jsonb,
  wants jsonb, recall boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  me process%ROWTYPE;
  answer jsonb := '{"granted": [], "refused": [], "extra": [], "quotas": [], "recalled": []}';
BEGIN
  -- First of all locks: a grant that waits for another lock must not outlive its process.
  SELECT * INTO me FROM process WHERE id = lease_operation.process_id FOR UPDATE;
  IF NOT FOUND OR me.state <> 'alive' THEN
    RETURN '{"fenced": true}';
  END IF;
  IF me.last_operation = operation THEN
    UPDATE process SET deadline = clock_timestamp() + ttl_ms * interval '1 ms' WHERE id = me.id;
    RETURN me.last_answer;
  END IF;
  IF me.last_operation <> operation - 1 THEN
    UPDATE process SET state = 'fenced' WHERE id = me.id;
    RETURN '{"fenced": true}';
  END IF;
  IF needs = '[]' THEN
    answer := answer || jsonb_build_object('recalled', recalled_slices(me.id),
      'now', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
  END IF;
  IF needs <> '[]' OR returns <> '[]' OR wants <> '[]' THEN
    answer := answer || lease_slices(me.id, returns, needs, wants, recall);
  END IF;
  UPDATE process SET last_operation = operation, last_answer = answer,
    deadline = clock_timestamp() + ttl_ms * interval '1 ms'
  WHERE id = me.id;
  RETURN answer;
END $$;

-- Windows that were set anew are counted anew, from the next time that anybody asks.
CREATE FUNCTION quota_window_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.period_ends := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER quota_window_changed BEFORE UPDATE OF "window", time_zone, anchor ON quota
  FOR EACH ROW EXECUTE FUNCTION quota_window_changed();

-- Every process learns that an organization's limits are others now. A cap that was set below what is spent and leased
-- is put on record, and what others have in hand of it is called back.
CREATE FUNCTION quota_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing numeric;
BEGIN
  PERFORM pg_notify('osm_quota', coalesce(NEW.organization_id, OLD.organization_id));
  IF TG_OP = 'UPDATE' AND NEW.enforcement = 'hard' AND NEW.deleted_at IS NULL
    AND (OLD.enforcement <> 'hard' OR NEW.cap + NEW.credit_limit < OLD.cap + OLD.credit_limit)
  THEN
    missing := NEW.spent + NEW.leased - NEW.cap - NEW.credit_limit;
    IF missing > 0 THEN
      INSERT INTO overrun (quota_id, kind, amount) VALUES (NEW.id, 'lowered', missing);
      PERFORM pg_notify('osm_recall', '- ' || NEW.id);
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER quota_changed AFTER INSERT OR DELETE OR UPDATE OF cap, credit_limit, enforcement, "window", time_zone,
  anchor, tag_name, tag_value, deleted_at ON quota FOR EACH ROW EXECUTE FUNCTION quota_changed();
