import { priceAt, type Offer, type OfferCapabilities } from '../../core/offer.js';
import type { PriceVersion } from '../../core/price.js';

/** A model, whoever serves it. */
export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  readonly lab: string;
  readonly family: string;
  readonly type: ModelType;
  /** Milliseconds since the epoch, null where not known. */
  readonly releasedAt: number | null;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly capabilities: OfferCapabilities;
}

export const MODEL_TYPES = ['chat', 'embedding', 'image', 'rerank', 'search'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

/** What a snapshot is built from. */
export interface CatalogueContents {
  readonly models: readonly CatalogueModel[];
  /** Other names of a model: alias → model id. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly offers: readonly Offer[];
  /** Other ids of a provider: alias → provider id. */
  readonly providerAliases?: ReadonlyMap<string, string>;
}

/** The catalogue at one moment; it never changes, a new one takes its place. Names match exactly. */
export class CatalogueSnapshot {
  private readonly offersByModel = new Map<string, Offer[]>();
  private readonly offersByPin = new Map<string, Offer>();

  private constructor(
    private readonly modelsById: ReadonlyMap<string, CatalogueModel>,
    private readonly aliases: ReadonlyMap<string, string>,
    private readonly providerAliases: ReadonlyMap<string, string>,
    offers: readonly Offer[],
  ) {
    for (const offer of offers) {
      const others = this.offersByModel.get(offer.modelId);
      if (others) others.push(offer);
      else this.offersByModel.set(offer.modelId, [offer]);
    }
    // An offer's own id wins over another offer's upstream name.
    for (const offer of offers) this.offersByPin.set(offer.id, offer);
    for (const offer of offers) {
      const pin = `${offer.providerId}/${offer.upstreamModel}`;
      if (!this.offersByPin.has(pin)) this.offersByPin.set(pin, offer);
    }
  }

  static of(contents: CatalogueContents): CatalogueSnapshot {
    const models = new Map(contents.models.map((model) => [model.id, model]));
    const offers = [...contents.offers].sort((left, right) => (left.id < right.id ? -1 : 1));
    return new CatalogueSnapshot(
      models,
      new Map(contents.aliases),
      new Map(contents.providerAliases),
      offers,
    );
  }

  static readonly EMPTY = CatalogueSnapshot.of({
    models: [],
    aliases: new Map(),
    offers: [],
  });

  /** The model with this id or alias. */
  findModel(name: string): CatalogueModel | undefined {
    return this.modelsById.get(name) ?? this.modelsById.get(this.aliases.get(name) ?? '');
  }

  /** All models, in no particular order. */
  models(): readonly CatalogueModel[] {
    return [...this.modelsById.values()];
  }

  /** The model that an alias names. */
  modelOfAlias(alias: string): string | undefined {
    return this.aliases.get(alias);
  }

  /** The offer with this id. */
  offerById(id: string): Offer | undefined {
    const offer = this.offersByPin.get(id);
    return offer?.id === id ? offer : undefined;
  }

  /** The other names of a model. */
  aliasesOf(modelId: string): readonly string[] {
    return [...this.aliases].filter(([, id]) => id === modelId).map(([alias]) => alias);
  }

  /** Every offer of a model, variants, deprecated and suspect ones too, ordered by id. */
  offersOf(modelId: string): readonly Offer[] {
    return this.offersByModel.get(modelId) ?? [];
  }

  /** The provider's id, given its id or another name of it. */
  providerId(name: string): string {
    return this.providerAliases.get(name) ?? name;
  }

  /**
   * The offer that `provider/name` pins: name is a model id (with `:variant` for a variant), the provider's own name of
   * the model, or an alias of the model, tried in this order.
   */
  offerAt(provider: string, name: string): Offer | undefined {
    const providerId = this.providerId(provider);
    const pinned = this.offersByPin.get(`${providerId}/${name}`);
    if (pinned) return pinned;
    const modelId = this.aliases.get(name);
    return modelId === undefined ? undefined : this.offersByPin.get(`${providerId}/${modelId}`);
  }

  /** When the next price of any offer begins after a time, in milliseconds since the epoch; Infinity for never. */
  nextPriceChange(after: number): number {
    let next = Infinity;
    for (const offers of this.offersByModel.values()) {
      for (const { prices } of offers) {
        // The last one tells whether there is any to come.
        if ((prices.at(-1)?.validFrom ?? 0) <= after) continue;
        for (const { validFrom } of prices)
          if (validFrom > after && validFrom < next) next = validFrom;
      }
    }
    return next;
  }

  /** The prices of an offer that are valid at a time (milliseconds since the epoch): the latest that had begun. */
  priceAt(offer: Offer, at: number): PriceVersion | undefined {
    return priceAt(offer, at);
  }
}
