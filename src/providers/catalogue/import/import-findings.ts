import type { Meter } from '../../../core/price.js';
import type { ComponentRecord, ConditionsRecord } from '../catalogue-price.js';
import { ExactNumber, type ExactJson } from './exact-json.js';
import { CatalogueImportError } from './imported.js';
import { readPriceLiteral } from './price-literal.js';

/** What a key of a source is the price of. */
export interface PriceKey {
  readonly meter: Meter;
  /** Ten to this power makes USD per million units, or per request or search, of the number. */
  readonly shift: number;
}

const MAX_PROBLEMS = 50;
const EACH_METERS: ReadonlySet<Meter> = new Set<Meter>(['request', 'web_search']);

/** Gathers what is wrong with a source, and the keys that it has and nobody knows. */
export class ImportFindings {
  private readonly keys = new Map<string, string>();
  private readonly problems: string[] = [];

  /** @param isWanted whether a provider, by its id or alias here, is asked for; others are passed over unread */
  constructor(readonly isWanted: (provider: string) => boolean = () => true) {}

  /** Keys that may be prices and that no meter stands for, each with the first place where it is. */
  get unknownKeys(): ReadonlyMap<string, string> {
    return this.keys;
  }

  /** Something that makes the whole source unusable. */
  problem(place: string, problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(`${place} ${problem}`);
  }

  unknownKey(key: string, place: string): void {
    if (!this.keys.has(key)) this.keys.set(key, place);
  }

  /** The price that a key has at a place; undefined where there is none, or one that cannot be (a problem). */
  component(
    { meter, shift }: PriceKey,
    value: ExactJson | undefined,
    place: string,
    conditions: ConditionsRecord = {},
  ): ComponentRecord | undefined {
    if (value === undefined || value === null) return undefined;
    const literal = value instanceof ExactNumber ? value.literal : value;
    if (typeof literal !== 'string') {
      this.problem(place, 'is no number');
      return undefined;
    }
    const reading = readPriceLiteral(literal, shift);
    if ('problem' in reading) {
      this.problem(place, reading.problem);
      return undefined;
    }
    const unit = EACH_METERS.has(meter) ? 'each' : 'million_tokens';
    return { meter, unit, amount: reading.amount, conditions };
  }

  /** @throws CatalogueImportError where there was a problem */
  check(): void {
    if (this.problems.length > 0) throw new CatalogueImportError(this.problems);
  }
}
