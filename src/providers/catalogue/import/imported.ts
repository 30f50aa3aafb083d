import type { ComponentRecord } from '../catalogue-price.js';

export const IMPORT_FORMATS = ['native', 'models.dev', 'genai-prices', 'litellm'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** Prices of an offer as a source tells them. */
export interface ImportedPrice {
  /** Milliseconds since the epoch; null: the source does not say since when. */
  readonly validFrom: number | null;
  readonly components: readonly ComponentRecord[];
}

/** What a source says of a model at a provider. */
export interface ImportedOffer {
  /** The provider's id or alias, in our words. */
  readonly provider: string;
  /** The model's name there. */
  readonly model: string;
  /** Ascending by validFrom, what is not dated first; at least one. */
  readonly prices: readonly ImportedPrice[];
}

/** A source that cannot be taken over; nothing was changed. */
export class CatalogueImportError extends Error {
  override readonly name = 'CatalogueImportError';

  /** @param problems what is wrong and where, at least one */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}
