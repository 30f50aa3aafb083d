import type { UrlCitation } from '../../../core/chat.js';
import { countOf, isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';

/** The texts of an answer, by the index of their block. */
export type Texts = ReadonlyMap<number, string>;

export interface Citations {
  readonly annotations: readonly UrlCitation[];
  /** Citations of what has no address (documents of the client, results of its tools), as the provider gave them. */
  readonly others: readonly JsonObject[];
}

const NO_TEXT = { start: 0, text: '' };

/** What an answer cites: web pages become annotations (places in UTF-16 code units of the content). */
export function readCitations(native: readonly unknown[], texts: Texts): Citations {
  const all = native.filter(isObject).map((citation) => ({
    citation,
    annotations: isOfText(citation) ? annotationsOf(citation, texts) : [],
  }));
  return {
    annotations: all.flatMap(({ annotations }) => annotations),
    others: all.flatMap(({ citation, annotations }) => (annotations.length > 0 ? [] : [citation])),
  };
}

/** Citations in plans and thoughts have a type of their own. */
function isOfText({ type }: JsonObject): boolean {
  return type === undefined || type === null || type === 'TEXT_CONTENT';
}

function annotationsOf(citation: JsonObject, texts: Texts): UrlCitation[] {
  const place = placeOf(citation, texts);
  return listOf(citation['sources'])
    .filter(isObject)
    .flatMap((source) => {
      const page = pageOf(source);
      return page ? [{ type: 'url_citation', url_citation: { ...page, ...place } }] : [];
    });
}

/** Cites a document of the request, or what a tool gave back; either may name its address. */
function pageOf(source: JsonObject): { url: string; title: string } | undefined {
  const document = objectOf(source['document'] ?? source['tool_output']);
  const data = objectOf(document['data']);
  const addresses = [document['url'], data['url'], source['id'], document['id']];
  const url = addresses.map(stringOf).find((address) => /^https?:\/\//.test(address ?? ''));
  const title = stringOf(document['title']) ?? stringOf(data['title']) ?? '';
  return url === undefined ? undefined : { url, title };
}

function placeOf(citation: JsonObject, texts: Texts): { start_index: number; end_index: number } {
  const { start: offset, text } = blockOf(citation['content_index'], texts);
  const [start, end] = spanOf(citation, text);
  return { start_index: offset + start, end_index: offset + end };
}

/** A text of the answer and where it begins in all of it; the first one where a citation names none. */
function blockOf(index: unknown, texts: Texts): { start: number; text: string } {
  const ordered = [...texts].sort(([one], [other]) => one - other);
  let start = 0;
  for (const [position, text] of ordered) {
    if (position === index || countOf(index) === undefined) return { start, text };
    start += text.length;
  }
  return NO_TEXT;
}

/** Places are told in characters; a character may be two code units, and the words that are cited show it. */
function spanOf(citation: JsonObject, text: string): readonly [start: number, end: number] {
  const start = countOf(citation['start']) ?? 0;
  const end = Math.max(start, countOf(citation['end']) ?? start);
  const words = stringOf(citation['text']);
  if (words === undefined || text.slice(start, end) === words) return [start, end];
  const characters = Array.from(text);
  if (characters.slice(start, end).join('') !== words) return [start, end];
  const before = characters.slice(0, start).join('').length;
  return [before, before + words.length];
}
