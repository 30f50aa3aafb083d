import type { Offer } from '../../../core/offer.js';
import { capabilitiesRecord } from '../catalogue-capabilities.js';
import type { OfferRecord } from '../catalogue-file.js';
import type { CatalogueModel } from '../catalogue-snapshot.js';

/** An entry of a file of prisma/catalogue. */
export type NativeRecord = Readonly<Record<string, unknown>>;

const DAY_LENGTH = 10;

/** A model as `models/<lab>.json` has it, with the lab beside. */
export function modelRecord(model: CatalogueModel): NativeRecord {
  return {
    lab: model.lab,
    id: model.id,
    name: model.name,
    family: model.family,
    type: model.type,
    ...known('release_date', model.releasedAt === null ? null : dayOf(model.releasedAt)),
    ...known('context_window', model.contextWindow),
    ...known('max_output_tokens', model.maxOutputTokens),
    capabilities: capabilitiesRecord(model.capabilities),
  };
}

/** An offer as `offers/<provider>.json` has it, with the provider beside, without its prices. */
export function offerRecord(
  offer: Omit<Offer, 'prices'> | Omit<OfferRecord, 'prices'>,
): NativeRecord {
  return {
    provider: offer.providerId,
    id: offer.id,
    model: offer.modelId,
    upstream_model: offer.upstreamModel,
    ...known('variant', offer.variant),
    status: offer.status,
    suspect: offer.suspect,
    ...known('deprecated_at', offer.deprecatedAt ? momentOf(offer.deprecatedAt) : null),
    ...known('context_window', offer.contextWindow),
    ...known('max_output_tokens', offer.maxOutputTokens),
    capabilities: capabilitiesRecord(offer.capabilities),
  };
}

function known(name: string, value: unknown): NativeRecord {
  return value === null ? {} : { [name]: value };
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, DAY_LENGTH);
}

/** A day where it is midnight (UTC), else with the time to the second. */
function momentOf(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, DAY_LENGTH) : `${text.slice(0, 19)}Z`;
}
