import type { UrlCitation } from '../../../core/chat.js';
import { listOf, objectOf, stringOf, type JsonObject } from '../json.js';

/**
 * The pages that an answer names beside its choices (`citations`, `search_results`: Perplexity, xAI), as annotations of
 * its text, which refers to them by number (`[2]`). One that it does not refer to stands at 0.
 */
export function annotationsOf(body: JsonObject, text: string): UrlCitation[] {
  const titles = titlesOf(body['search_results']);
  const named = listOf(body['citations']).map(stringOf);
  const addresses = named.length > 0 ? named : [...titles.keys()];
  return addresses.flatMap((url, index) =>
    url === undefined || url === ''
      ? []
      : placesOf(`[${index + 1}]`, text).map(([start, end]) => ({
          type: 'url_citation' as const,
          url_citation: {
            url,
            title: titles.get(url) ?? url,
            start_index: start,
            end_index: end,
          },
        })),
  );
}

function titlesOf(results: unknown): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const result of listOf(results)) {
    const { url, title } = objectOf(result);
    if (typeof url === 'string') titles.set(url, stringOf(title) ?? url);
  }
  return titles;
}

/** Where a reference stands in a text, in UTF-16 code units; at 0 where it does not. */
function placesOf(reference: string, text: string): (readonly [start: number, end: number])[] {
  const places: (readonly [number, number])[] = [];
  let found = text.indexOf(reference);
  while (found >= 0) {
    const end = found + reference.length;
    places.push([found, end]);
    found = text.indexOf(reference, end);
  }
  return places.length > 0 ? places : [[0, 0]];
}
