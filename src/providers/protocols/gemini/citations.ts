import type { UrlCitation } from '../../../core/chat.js';
import { countOf, listOf, objectOf, stringOf, type JsonObject } from '../json.js';

/** A source of an answer, with the bytes of the text that rest on it, where told. */
export interface Citation {
  readonly url: string;
  readonly title: string;
  readonly span: ByteSpan | undefined;
}

interface ByteSpan {
  readonly start: number;
  readonly end: number;
  /** The words between them, where they are quoted. */
  readonly text: string | undefined;
}

/** The sources named by `groundingMetadata` and `citationMetadata` of a candidate. */
export function readCitations(candidate: JsonObject): readonly Citation[] {
  const grounding = candidate['groundingMetadata'];
  const metadata = candidate['citationMetadata'];
  if (grounding === undefined && metadata === undefined) return NONE;
  return [...grounded(objectOf(grounding)), ...recited(objectOf(metadata))];
}

const NONE: readonly Citation[] = [];

/** The search queries that an answer was grounded on. */
export function readSearchQueries(candidate: JsonObject): readonly string[] {
  const queries = objectOf(candidate['groundingMetadata'])['webSearchQueries'];
  return listOf(queries).filter((query) => typeof query === 'string');
}

function objectsOf(list: unknown): JsonObject[] {
  return listOf(list).map(objectOf);
}

/** Source: ai.google.dev/api/generate-content#GroundingMetadata. Chunks without an address cannot be cited. */
function grounded(metadata: JsonObject): Citation[] {
  const chunks = objectsOf(metadata['groundingChunks']).map((chunk) =>
    objectOf(chunk['web'] ?? chunk['maps'] ?? chunk['retrievedContext']),
  );
  const supports = objectsOf(metadata['groundingSupports']);
  if (supports.length === 0) return chunks.flatMap((chunk) => citation(chunk, undefined));
  return supports.flatMap((support) => {
    const span = spanOf(objectOf(support['segment']));
    return listOf(support['groundingChunkIndices']).flatMap((index) =>
      citation(objectOf(chunks[Number(index)]), span),
    );
  });
}

/** Source: ai.google.dev/api/generate-content#CitationMetadata; Vertex AI calls the list `citations`. */
function recited(metadata: JsonObject): Citation[] {
  const sources = objectsOf(metadata['citationSources'] ?? metadata['citations']);
  return sources.flatMap((source) => citation(source, spanOf(source)));
}

function citation(source: JsonObject, span: ByteSpan | undefined): Citation[] {
  const url = stringOf(source['uri']);
  if (url === undefined || url === '') return [];
  return [{ url, title: stringOf(source['title']) ?? url, span }];
}

/** Zero is left out on the wire. */
function spanOf(segment: JsonObject): ByteSpan {
  return {
    start: countOf(segment['startIndex']) ?? 0,
    end: countOf(segment['endIndex']) ?? 0,
    text: stringOf(segment['text']),
  };
}

/**
 * The citations of a finished text as OpenAI's annotations, each once. Gemini counts UTF-8 bytes, `start_index` and
 * `end_index` are indices of the string; a source without a place in the text stands at 0.
 */
export function annotate(citations: readonly Citation[], content: string): UrlCitation[] {
  if (citations.length === 0) return [];
  const bytes = Buffer.from(content, 'utf8');
  const placed = new Set(citations.filter(({ span }) => span).map(({ url }) => url));
  const annotations = new Map<string, UrlCitation>();
  for (const { url, title, span } of citations) {
    if (span === undefined && placed.has(url)) continue;
    const [start, end] = span === undefined ? [0, 0] : indicesOf(span, content, bytes);
    annotations.set(`${start} ${end} ${url}`, {
      type: 'url_citation',
      url_citation: { url, title, start_index: start, end_index: end },
    });
  }
  return [...annotations.values()];
}

/** Where the quoted words are not at the bytes named (several parts of text make one content), they are looked for. */
function indicesOf(span: ByteSpan, content: string, bytes: Buffer): readonly [number, number] {
  const start = bytes.toString('utf8', 0, span.start).length;
  const end = Math.max(start, bytes.toString('utf8', 0, span.end).length);
  if (span.text === undefined || content.slice(start, end) === span.text) return [start, end];
  const found = content.indexOf(span.text);
  return found < 0 ? [start, end] : [found, found + span.text.length];
}
