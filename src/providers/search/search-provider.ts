import type { ProviderDefinition } from '../../core/provider.js';
import type { SearchDomains, SearchPlace } from './wish.js';

/** What a search provider is asked. */
export interface SearchQuery {
  /** In one line, at most MAX_QUERY characters. */
  readonly text: string;
  /** Results wanted, at most 10. */
  readonly count: number;
  readonly place: SearchPlace | undefined;
  /** A provider may do less than that: results of other hosts are taken out afterwards. */
  readonly domains: SearchDomains;
}

/** The longest query that all of them take; Brave and Tavily refuse more. */
export const MAX_QUERY = 400;

/** A search in a provider's own form: a POST of `body`, or without one a GET. */
export interface SearchRequest {
  /** Appended to the base URL, with the query of a GET. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A page that was found, as the provider tells it: neither cleaned nor bounded. */
export interface FoundPage {
  readonly url: unknown;
  readonly title: unknown;
  /** The part of the page that answers the query. */
  readonly text: unknown;
}

/** Who searches the web for models that cannot. Pure: no network, no clock. */
export interface SearchProvider {
  /** Its host, its key and its names. Of `protocol` nothing but the reading of errors is used. */
  readonly definition: ProviderDefinition;
  toRequest(query: SearchQuery): SearchRequest;
  /** Undefined for a body that is no answer. */
  fromAnswer(body: unknown): readonly FoundPage[] | undefined;
}
