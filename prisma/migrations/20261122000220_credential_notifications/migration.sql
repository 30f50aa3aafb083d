-- What changes of a credential: every process reads the owner's credentials again; the payload is the organization, or
-- nothing for the platform. Another key around the same data key (npm run rotate-keys) changes nothing for them.
CREATE FUNCTION notify_credential_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrapping CONSTANT text[] := ARRAY['key_id', 'wrapped_key'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - wrapping = to_jsonb(NEW) - wrapping THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_notify('osm_credential', COALESCE(OLD.organization_id, ''));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM pg_notify('osm_credential', COALESCE(NEW.organization_id, ''));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER provider_credential_changed AFTER INSERT OR UPDATE OR DELETE ON provider_credential
  FOR EACH ROW EXECUTE FUNCTION notify_credential_change();
