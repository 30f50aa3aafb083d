import type { ReasoningDetail, UrlCitation } from '../../../core/chat.js';
import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { FORMAT } from './thinking-blocks.js';

/** A thought, or a piece of one, with its signature where that is known. */
export function thoughtDetail(index: number, text: string, signature: string): ReasoningDetail {
  return {
    type: 'reasoning.text',
    text,
    ...(signature === '' ? {} : { signature }),
    format: FORMAT,
    index,
  };
}

/** A thought that the provider shows to nobody. */
export function redactedDetail(index: number, data: string): ReasoningDetail {
  return { type: 'reasoning.encrypted', data, format: FORMAT, index };
}

/**
 * The web pages that a block of text cites, as annotations over the whole block (UTF-16 code units of the content).
 * Citations of documents that the client sent have no address and are no annotations.
 */
export function annotationsOf(citations: unknown, start: number, end: number): UrlCitation[] {
  return listOf(citations)
    .filter(isObject)
    .flatMap((citation) => {
      const url = addressOf(citation);
      if (url === undefined) return [];
      const cited = stringOf(citation['cited_text']);
      const place = {
        url,
        title: stringOf(citation['title']) ?? '',
        start_index: start,
        end_index: end,
      };
      return [
        {
          type: 'url_citation',
          url_citation: { ...place, ...(cited === undefined ? {} : { cited_text: cited }) },
        },
      ];
    });
}

/** Web search names a url; a search result that the client sent, a source, which may be an address. */
function addressOf(citation: JsonObject): string | undefined {
  const url = stringOf(citation['url']);
  if (url !== undefined) return url;
  const source = stringOf(citation['source']);
  return source !== undefined && /^https?:\/\//.test(source) ? source : undefined;
}

/** The provider's words on why it refused, where it gave any. */
export function refusalOf(stopDetails: unknown): string | null {
  return stringOf(objectOf(stopDetails)['explanation']) ?? null;
}
