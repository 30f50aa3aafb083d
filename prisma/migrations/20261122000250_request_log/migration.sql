-- The request log in partitions by the month (UTC) in which a call started, so that old months go by DROP. Partitions
-- live in a schema of their own: Prisma sees one table, and the application's role, which may do nothing in that
-- schema, reaches their rows by the table alone.
CREATE SCHEMA request_log_partitions;

ALTER TABLE request_log ADD COLUMN member_id TEXT;
ALTER TABLE request_log SET SCHEMA request_log_partitions;
ALTER TABLE request_log_partitions.request_log RENAME TO request_log_before;

CREATE TABLE request_log (LIKE request_log_partitions.request_log_before INCLUDING DEFAULTS)
  PARTITION BY RANGE (started_at);

-- Takes what no month is there for, so that posting never fails for a missing one.
CREATE TABLE request_log_partitions.request_log_default PARTITION OF request_log DEFAULT;

INSERT INTO request_log SELECT * FROM request_log_partitions.request_log_before;
DROP TABLE request_log_partitions.request_log_before;

-- The key of a partitioned table holds the column that it is partitioned by.
ALTER TABLE request_log ADD CONSTRAINT request_log_pkey PRIMARY KEY (call_id, started_at);

-- An index for the usual query of each filter: of one organization, newest first. Filters by tag and by cost have none:
-- behind row-level security Postgres uses an index only for operators that are leakproof, which those of jsonb and
-- numeric are not. They read the organization's rows of the time that is asked for.
CREATE INDEX request_log_organization_id_started_at_idx ON request_log (organization_id, started_at);
CREATE INDEX request_log_api_key_id_started_at_idx ON request_log (api_key_id, started_at);
CREATE INDEX request_log_project_id_started_at_idx ON request_log (project_id, started_at);
CREATE INDEX request_log_organization_id_model_id_started_at_idx ON request_log (organization_id, model_id, started_at);
CREATE INDEX request_log_organization_id_provider_id_started_at_idx ON request_log (organization_id, provider_id, started_at);
CREATE INDEX request_log_started_at_call_id_idx ON request_log (started_at, call_id);

-- Of what most calls do not have, only those that have it are indexed. Prisma does not see partial indexes.
CREATE INDEX request_log_member_idx ON request_log (member_id, started_at) WHERE member_id IS NOT NULL;
CREATE INDEX request_log_error_idx ON request_log (organization_id, error_code, started_at)
  WHERE error_code IS NOT NULL;
CREATE INDEX request_log_outcome_idx ON request_log (organization_id, outcome, started_at) WHERE outcome <> 'completed';
CREATE INDEX request_log_status_idx ON request_log (organization_id, status, started_at) WHERE status <> 200;
CREATE INDEX request_log_source_idx ON request_log (organization_id, source, started_at) WHERE source IS NOT NULL;
CREATE INDEX request_log_session_idx ON request_log (organization_id, session_id, started_at)
  WHERE session_id IS NOT NULL;
CREATE INDEX request_log_client_request_idx ON request_log (client_request_id) WHERE client_request_id IS NOT NULL;
CREATE INDEX request_log_upstream_idx ON request_log (upstream_id) WHERE upstream_id IS NOT NULL;

-- Of an organization that keeps nothing, or was deleted, no row is written; ledger and usage are kept of every call.
CREATE FUNCTION keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM organization
             WHERE id = NEW.organization_id AND (retention = 'none' OR deleted_at IS NOT NULL)) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER request_log_retention BEFORE INSERT ON request_log FOR EACH ROW EXECUTE FUNCTION keep_request();

-- The second wall between tenants; what it means is said where it is put up for all tables (row_security).
CREATE FUNCTION protect_tenant_rows(relation regclass, condition text DEFAULT
  'organization_id = current_setting(''osm.organization'', true)') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', relation);
  EXECUTE format('DROP POLICY IF EXISTS tenant_rows ON %s', relation);
  EXECUTE format('CREATE POLICY tenant_rows ON %s USING (current_setting(''osm.organization'', true) = ''*'' OR %s)',
    relation, condition);
END $$;
REVOKE EXECUTE ON FUNCTION protect_tenant_rows(regclass, text) FROM PUBLIC;

-- For the functions below: what was seen before is given, and set again at their end. Only a superuser may write
-- SET osm.organization to a function.
CREATE FUNCTION see_every_organization() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  before text := coalesce(current_setting('osm.organization', true), '');
BEGIN
  PERFORM set_config('osm.organization', '*', true);
  RETURN before;
END $$;
REVOKE EXECUTE ON FUNCTION see_every_organization() FROM PUBLIC;

-- Makes the partitions of this month and the next ones, and of every month that rows in the default partition belong
-- to; those move. Gives how many were made. Safe when several do it at once, and beside posting, which waits for it: a
-- row that was on its way to the default partition would be refused there. Runs as the owner, who alone may make tables.
CREATE FUNCTION ensure_request_log_partitions(months_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  seen text := see_every_organization();
  this_month timestamp := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC');
  month timestamp;
  name text;
  made integer := 0;
BEGIN
  IF months_ahead NOT BETWEEN 0 AND 60 THEN
    RAISE EXCEPTION 'months_ahead is % and must be from 0 to 60', months_ahead;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('request_log_partitions'));
  FOR month IN
    SELECT this_month + make_interval(months => ahead) FROM generate_series(0, months_ahead) AS ahead
    UNION SELECT DISTINCT date_trunc('month', started_at AT TIME ZONE 'UTC') FROM request_log_partitions.request_log_default
    ORDER BY 1
  LOOP
    name := 'request_log_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass('request_log_partitions.' || name) IS NOT NULL;
    LOCK TABLE ONLY request_log IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE request_log_partitions.%I (LIKE request_log INCLUDING DEFAULTS)', name);
    EXECUTE format(
      'WITH moved AS (DELETE FROM request_log_partitions.request_log_default
         WHERE started_at >= $1 AND started_at < $2 RETURNING *)
       INSERT INTO request_log_partitions.%I SELECT * FROM moved', name)
      USING month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC';
    EXECUTE format('ALTER TABLE request_log ATTACH PARTITION request_log_partitions.%I FOR VALUES FROM (%L) TO (%L)',
      name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    PERFORM protect_tenant_rows(format('request_log_partitions.%I', name)::regclass);
    made := made + 1;
  END LOOP;
  PERFORM set_config('osm.organization', seen, true);
  RETURN made;
END $$;

-- Drops the partitions of months before the last one that hold no row any more; gives how many. It needs the table for
-- itself for a moment, and gives up where it does not get it.
CREATE FUNCTION drop_empty_request_log_partitions() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  seen text := see_every_organization();
  last_month timestamp := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') - interval '1 month';
  partition regclass;
  is_empty boolean;
  dropped integer := 0;
BEGIN
  FOR partition IN
    SELECT inhrelid FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'request_log'::regclass AND relname < 'request_log_' || to_char(last_month, 'YYYY_MM')
      AND relname ~ '^request_log_\d{4}_\d\d$'
    ORDER BY relname
  LOOP
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', partition) INTO is_empty;
    CONTINUE WHEN NOT is_empty;
    LOCK TABLE request_log IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', partition) INTO is_empty;
    CONTINUE WHEN NOT is_empty;
    EXECUTE format('DROP TABLE %s', partition);
    dropped := dropped + 1;
  END LOOP;
  PERFORM set_config('osm.organization', seen, true);
  RETURN dropped;
END $$;

REVOKE EXECUTE ON FUNCTION ensure_request_log_partitions(integer), drop_empty_request_log_partitions() FROM PUBLIC;

SELECT protect_tenant_rows('request_log_partitions.request_log_default');
SELECT ensure_request_log_partitions(2);

CREATE TABLE "request_body" (
    "call_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "request_body_pkey" PRIMARY KEY ("call_id")
);

CREATE INDEX "request_body_expires_at_idx" ON "request_body"("expires_at");
CREATE INDEX "request_body_organization_id_started_at_idx" ON "request_body"("organization_id", "started_at");

-- When the content of a deleted organization was removed.
ALTER TABLE "organization" ADD COLUMN "erased_at" TIMESTAMPTZ(6);
