-- What the application's role may do where it is not the owner: read and write rows, never rewrite history. It has no
-- right to the schema of the request log's partitions: their rows are reached by the table alone.
GRANT USAGE ON SCHEMA public TO :"app_role";
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app_role";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :"app_role";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO :"app_role";
REVOKE UPDATE, DELETE ON ledger_transaction, posting, price_version, price_component, audit_entry, wallet_movement,
  suspense_acceptance, catalogue_revision, price_cancellation
  FROM :"app_role";
REVOKE ALL ON _prisma_migrations FROM :"app_role";

-- The job queue makes and owns its tables; it asks for its schema again at every start.
DO $$ BEGIN
  EXECUTE format('GRANT CREATE ON DATABASE %I TO %s', current_database(), $role$:"app_role"$role$);
END $$;
CREATE SCHEMA IF NOT EXISTS bullmq AUTHORIZATION :"app_role";
