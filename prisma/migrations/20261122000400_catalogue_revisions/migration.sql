-- Changes of the catalogue under a running gateway: what was published when, and announced prices that were called off.

-- One publication. Every process reads the catalogue again when one is added; its number says which catalogue it has.
CREATE TABLE catalogue_revision (
    number SERIAL NOT NULL,
    origin TEXT NOT NULL,
    source TEXT NOT NULL,
    plan_id TEXT,
    models INTEGER NOT NULL DEFAULT 0,
    aliases INTEGER NOT NULL DEFAULT 0,
    offers INTEGER NOT NULL DEFAULT 0,
    prices INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT catalogue_revision_pkey PRIMARY KEY (number),
    CONSTRAINT catalogue_revision_origin_known CHECK (origin IN ('seed', 'import', 'cancellation'))
);

-- A price that never became valid. The version itself stays, as everything that was published.
CREATE TABLE price_cancellation (
    price_version_id TEXT NOT NULL,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT price_cancellation_pkey PRIMARY KEY (price_version_id),
    CONSTRAINT price_cancellation_price_version_id_fkey FOREIGN KEY (price_version_id)
      REFERENCES price_version (id) ON DELETE RESTRICT ON UPDATE CASCADE
);

-- What was valid for a moment may have priced a call: it cannot be called off any more.
CREATE FUNCTION refuse_late_cancellation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM price_version WHERE id = NEW.price_version_id AND valid_from <= clock_timestamp()) THEN
    RAISE EXCEPTION 'price version % is valid already', NEW.price_version_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER price_cancellation_in_time BEFORE INSERT ON price_cancellation
  FOR EACH ROW EXECUTE FUNCTION refuse_late_cancellation();
CREATE TRIGGER price_cancellation_append_only BEFORE UPDATE OR DELETE ON price_cancellation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER catalogue_revision_append_only BEFORE UPDATE OR DELETE ON catalogue_revision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION notify_catalogue_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('osm_catalogue', NEW.number::text);
  RETURN NULL;
END $$;
CREATE TRIGGER catalogue_revision_published AFTER INSERT ON catalogue_revision
  FOR EACH ROW EXECUTE FUNCTION notify_catalogue_revision();

-- A provider that was added at run time, by an organization or (organization null) for all by an operator. What its
-- credentials and prices rest on never changes: id as clients write it, protocol and address.
CREATE TABLE custom_provider (
    id TEXT NOT NULL,
    organization_id TEXT,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    protocol TEXT NOT NULL DEFAULT 'chat-completions',
    base_url TEXT NOT NULL,
    models JSONB NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT custom_provider_pkey PRIMARY KEY (id),
    CONSTRAINT custom_provider_protocol_known CHECK (protocol IN ('chat-completions', 'anthropic-messages', 'gemini')),
    CONSTRAINT custom_provider_organization_id_fkey FOREIGN KEY (organization_id)
      REFERENCES organization (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX custom_provider_organization_id_slug_key ON custom_provider (organization_id, slug);
SELECT protect_tenant_rows('custom_provider');

-- The payload is the organization, or nothing for the platform's.
CREATE FUNCTION notify_custom_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('osm_custom_provider', COALESCE(NEW.organization_id, OLD.organization_id, ''));
  RETURN NULL;
END $$;
CREATE TRIGGER custom_provider_changed AFTER INSERT OR UPDATE OR DELETE ON custom_provider
  FOR EACH ROW EXECUTE FUNCTION notify_custom_provider();
