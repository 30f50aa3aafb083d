/**
 * What the catalogue is read by: plain SQL, because the HTTP process needs nothing else of Prisma to serve a call and
 * Prisma's query compiler alone takes as much memory as all of the rest (docs/decisions/0009).
 */
export const CATALOGUE_QUERIES = {
  models: `SELECT id, name, lab, family, type, (release_date::timestamp AT TIME ZONE 'UTC') AS "releaseDate",
                  context_window AS "contextWindow", max_output_tokens AS "maxOutputTokens", capabilities
           FROM model ORDER BY id`,
  aliases: `SELECT alias, model_id AS "modelId" FROM model_alias ORDER BY alias`,
  offers: `SELECT id, model_id AS "modelId", provider_id AS "providerId", upstream_model AS "upstreamModel", variant,
                  context_window AS "contextWindow", max_output_tokens AS "maxOutputTokens", capabilities, status,
                  suspect, deprecated_at AS "deprecatedAt"
           FROM offer ORDER BY id`,
  versions: `SELECT id, offer_id AS "offerId", valid_from AS "validFrom", recorded_at AS "recordedAt", source
             FROM price_version AS version
             WHERE NOT EXISTS (SELECT FROM price_cancellation WHERE price_version_id = version.id)
             ORDER BY valid_from`,
  components: `SELECT price_version_id AS "priceVersionId", position, meter, unit, trim_scale(amount)::text AS amount,
                      conditions
               FROM price_component ORDER BY position`,
  revision: `SELECT coalesce(max(number), 0) AS number FROM catalogue_revision`,
} as const;
