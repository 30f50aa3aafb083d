import { ListView } from '../../../platform/pagination/list.dto.js';

/** A publication of changes of the catalogue. */
export class CatalogueRevisionView {
  object: 'catalogue_revision';
  id: string;
  number: number;
  /** What brought it: the files of a release, an import, or a price that was called off. */
  origin: string;
  source: string;
  plan_id: string | null;
  /** How many of each were added or changed. */
  models: number;
  aliases: number;
  offers: number;
  prices: number;
  created_at: string;
}

/** A page of revisions. */
export class CatalogueRevisionList extends ListView {
  data: CatalogueRevisionView[];
}

/** One price of a version. */
export class PriceComponentView {
  meter: string;
  /** million_tokens or each. */
  unit: string;
  /** Decimal USD per unit. */
  amount: string;
  conditions: Record<string, unknown>;
}

/** Prices of an offer that will hold from a later moment on. */
export class ScheduledPriceView {
  object: 'scheduled_price';
  id: string;
  offer_id: string;
  valid_from: string;
  source: string;
  components: PriceComponentView[];
  created_at: string;
}

/** A page of scheduled prices, the next one first. */
export class ScheduledPriceList extends ListView {
  data: ScheduledPriceView[];
}
