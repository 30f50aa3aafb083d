import { isObject, type JsonObject } from '../../core/json-object.js';
import { MAX_QUERY, type FoundPage } from './search-provider.js';
import type { SearchDomains } from './wish.js';

/** What the fields of a native result are called. */
interface Names {
  readonly url: string;
  readonly text: string;
}

/** The pages of a native list; undefined where there is no list. All providers call the title so. */
export function pagesOf(list: unknown, names: Names): readonly FoundPage[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list
    .filter((entry): entry is JsonObject => isObject(entry))
    .map((entry) => ({ url: entry[names.url], title: entry['title'], text: entry[names.text] }));
}

/** What of a query is left for the words that name hosts. */
const MAX_SITES = 200;

/** A query that prefers some hosts, in the words that search engines share; as many as there is room for. */
export function withSites(text: string, { allowed }: SearchDomains): string {
  let sites = '';
  for (const domain of allowed) {
    const longer = `${sites}${sites === '' ? '' : ' OR '}site:${domain}`;
    if (longer.length > MAX_SITES) break;
    sites = longer;
  }
  return sites === '' ? text : `${text.slice(0, MAX_QUERY - sites.length - 3)} (${sites})`;
}

/** A path with a query. */
export function pathWith(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(query).toString()}`;
}
