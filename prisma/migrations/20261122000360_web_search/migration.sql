-- What a search provider asks for a search that the gateway ran for a call. It is told in the units of the call's first
-- figure and has a ledger transaction of its own: the call's figure and its hours are about the provider of the model, and
-- are compared with that one's bill.
CREATE FUNCTION book_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  provider text := NEW.units->>'searchProvider';
  cost numeric := (NEW.units->>'searchCost')::numeric;
  transaction text := 'lt_search_' || NEW.call_id || '_1';
BEGIN
  IF cost <= 0 THEN
    RETURN NULL;
  END IF;
  INSERT INTO ledger_transaction (id, kind, source, revision, organization_id, occurred_at, call_id)
  VALUES (transaction, 'search', NEW.call_id, 1, NEW.organization_id, NEW.occurred_at, NEW.call_id);
  INSERT INTO posting (transaction_id, line, account, amount) VALUES
    (transaction, 1, 'provider_cost:' || provider, cost),
    (transaction, 2, 'provider_payable:' || provider, -cost);
  RETURN NULL;
END $$;
CREATE TRIGGER usage_event_search AFTER INSERT ON usage_event
  FOR EACH ROW WHEN (NEW.revision = 1 AND NEW.units ? 'searchCost') EXECUTE FUNCTION book_search();
