-- The processes that hold keys in memory. Nothing of it is worth keeping over a crash: each writes itself in again.
CREATE UNLOGGED TABLE "gateway_process" (
    "id" TEXT NOT NULL,
    "last_seen" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "gateway_process_pkey" PRIMARY KEY ("id")
);

-- What changes of an organization: every process forgets the organization's keys.
DROP TRIGGER api_key_changed ON api_key;
DROP TRIGGER organization_changed ON organization;
DROP TRIGGER project_changed ON project;
DROP FUNCTION notify_key_change;
DROP FUNCTION notify_tenant_change;

-- The argument is the column that names the organization. Postgres sends equal notifications of a transaction once.
CREATE FUNCTION notify_tenant_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_notify('osm_tenant', to_jsonb(OLD)->>TG_ARGV[0]);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM pg_notify('osm_tenant', to_jsonb(NEW)->>TG_ARGV[0]);
  END IF;
  RETURN NULL;
END $$;

-- A new organization, project, member or key changes nothing for the keys that there are; a new rule does.
CREATE TRIGGER organization_changed AFTER UPDATE OR DELETE ON organization
  FOR EACH ROW EXECUTE FUNCTION notify_tenant_change('id');
CREATE TRIGGER project_changed AFTER UPDATE OR DELETE ON project
  FOR EACH ROW EXECUTE FUNCTION notify_tenant_change('organization_id');
CREATE TRIGGER member_changed AFTER UPDATE OR DELETE ON member
  FOR EACH ROW EXECUTE FUNCTION notify_tenant_change('organization_id');
CREATE TRIGGER api_key_changed AFTER UPDATE OR DELETE ON api_key
  FOR EACH ROW EXECUTE FUNCTION notify_tenant_change('organization_id');
CREATE TRIGGER rule_changed AFTER INSERT OR UPDATE OR DELETE ON rule
  FOR EACH ROW EXECUTE FUNCTION notify_tenant_change('organization_id');
