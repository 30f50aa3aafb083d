import type { PriceVersion } from '../../core/price.js';
import type { Source } from './source.js';

/** What became of a search, as `metadata.web_search` tells it. */
export type WebSearchReport =
  | { readonly mode: 'native'; readonly searches: number }
  | {
      readonly mode: 'injected';
      /** The search provider that answered; null where none did. */
      readonly provider: string | null;
      readonly status: SearchStatus;
      readonly searches: number;
      /** Pages that the model was given. */
      readonly results: number;
    };

/** With all but `ok` the call went on without results. */
export type SearchStatus = 'ok' | 'no_results' | 'no_query' | 'timed_out' | 'failed';

/** Searches that were answered, and their price. */
export interface SearchCharge {
  readonly provider: string;
  /** Whether it was asked with a credential of the platform. */
  readonly isOurs: boolean;
  readonly price: PriceVersion;
  readonly searches: number;
}

/** What a search of the gateway's own has come to. */
export interface SearchOutcome {
  readonly report: WebSearchReport;
  readonly charge: SearchCharge | undefined;
  /** Put before the question; undefined where nothing was found. */
  readonly quotation: string | undefined;
  readonly sources: readonly Source[];
}

/** The outcome of a search that found nothing, for whatever reason. */
export function withoutResults(
  status: Exclude<SearchStatus, 'ok'>,
  charge?: SearchCharge,
): SearchOutcome {
  const { provider = null, searches = 0 } = charge ?? {};
  return {
    report: { mode: 'injected', provider, status, searches, results: 0 },
    charge,
    quotation: undefined,
    sources: [],
  };
}
