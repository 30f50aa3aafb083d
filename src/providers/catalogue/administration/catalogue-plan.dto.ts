import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { MayBeAbsent } from '../../../platform/validation/may-be-absent.validator.js';
import { IsPlainText } from '../../../platform/validation/plain-text.validator.js';
import { IMPORT_FORMATS, type ImportFormat } from '../import/imported.js';
import { MAX_SOURCE_BYTES } from '../import/read-source.js';

const LONGEST_URL = 2_048;
const LONGEST_ID = 200;
/** Ids of providers and offers. */
const NAME = /^[\x21-\x7e]{1,200}$/;
const MOST_PROVIDERS = 200;
const MOST_CONFIRMED = 10_000;

/** A source of prices that is to be laid beside the catalogue. */
export class CreateCataloguePlanDto {
  @IsIn(IMPORT_FORMATS)
  format: ImportFormat;

  /** The text of the source; this or `source_url`. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(MAX_SOURCE_BYTES)
  content?: string;

  /** Where the gateway gets the source. */
  @MayBeAbsent()
  @IsString()
  @IsPlainText(LONGEST_URL)
  source_url?: string;

  /** What the source of `content` is called. */
  @MayBeAbsent()
  @IsString()
  @IsPlainText(LONGEST_ID)
  name?: string;

  /** From when on the prices hold; absent or null: from when the plan is applied. */
  @IsOptional()
  @IsISO8601({ strict: true })
  effective_at?: string | null;

  /** Ids or aliases of the providers to look at. Absent: all. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MOST_PROVIDERS)
  @Matches(NAME, { each: true })
  providers?: string[];
}

/** A plan that is to be applied, as it was made. */
export class ApplyCataloguePlanDto {
  @IsObject()
  plan: Record<string, unknown>;

  /** Ids of offers whose held prices are right all the same, or `all`. */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MOST_CONFIRMED)
  @Matches(NAME, { each: true })
  confirm?: string[];
}

/** A model or offer that is new, or changes beside its prices. */
export class RecordChangeView {
  id: string;
  /** Null: it is new. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}

/** An alias that names another model. */
export class AliasChangeView {
  alias: string;
  before: string | null;
  after: string;
}

/** New prices of an offer. */
export class PriceChangeView {
  offer_id: string;
  /** ISO 8601; null: when the plan is applied. */
  valid_from: string | null;
  /** Null: nothing holds there without the change. */
  before: Record<string, unknown>[] | null;
  after: Record<string, unknown>[];
  /** Why it needs a confirmation; empty: it needs none. */
  held: string[];
}

/** A key of a source that may be a price and that nobody here knows. */
export class UnknownKeyView {
  key: string;
  first_at: string;
}

/** What a source would change. Apply it as it is: a plan that was edited is refused. */
export class CataloguePlanView {
  object: 'catalogue_plan';
  /** SHA-256 of all the rest. */
  id: string;
  /** The revision that the plan was made against; applied to another one, it is refused. */
  base_revision: number;
  format: string;
  source: string;
  effective_at: string | null;
  models: RecordChangeView[];
  aliases: AliasChangeView[];
  offers: RecordChangeView[];
  prices: PriceChangeView[];
  /** `provider/model` of prices that belong to no offer here. */
  unmatched: string[];
  unknown_keys: UnknownKeyView[];
}

/** What was done of a plan. */
export class AppliedPlanView {
  object: 'applied_catalogue_plan';
  /** That of the plan. */
  id: string;
  /** The catalogue's revision now. */
  revision: number;
  models: number;
  aliases: number;
  offers: number;
  prices: number;
  /** Offers whose prices were held back. */
  held: string[];
}
