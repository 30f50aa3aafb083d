-- The second wall between tenants; the first is the condition on the organization in every query. A connection sees the
-- rows of the one organization that `osm.organization` names, of all with '*', and without the setting none; what
-- belongs to the platform (organization null) is seen with '*' only. It holds for the tables' owner too, who begins a
-- session with SET osm.organization = '*', but not for a superuser. Functions are SECURITY INVOKER, so that it holds in
-- them; those that make and drop partitions are not, and touch no row of a tenant but to move it.
--
-- A table that gets the column organization_id later is added by its migration: SELECT protect_tenant_rows('…').
DO $$
DECLARE
  relation regclass;
BEGIN
  FOR relation IN
    SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attname = 'organization_id' AND relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
  LOOP
    PERFORM protect_tenant_rows(relation);
  END LOOP;
END $$;

SELECT protect_tenant_rows('organization', $$id = current_setting('osm.organization', true)$$);
-- A posting is its transaction's.
SELECT protect_tenant_rows('posting',
  'EXISTS (SELECT FROM ledger_transaction AS t WHERE t.id = posting.transaction_id)');
