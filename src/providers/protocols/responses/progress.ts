import type { ChunkDelta, ReasoningDetail, UrlCitation } from '../../../core/chat.js';
import type { Quirks } from '../../../core/provider.js';
import type { Target } from '../../../core/target.js';
import type { JsonObject } from '../json.js';
import { formatOf } from './reasoning-items.js';

/** An item of the output that has begun. */
export interface OpenItem {
  /** Of a reasoning item: what its details are told under. Ids may change between the events of a stream. */
  readonly id: string;
  /** Of a call: its place among all calls. */
  readonly call: number | undefined;
  /** Whether arguments of the call have come. */
  readonly isSpoken: boolean;
}

/** A part of a message: where it begins in the whole text (UTF-16 code units), and how many citations it has. */
interface Part {
  readonly start: number;
  readonly citations: number;
}

/** What of an answer came so far; values, never changed in place. */
export interface Progress {
  /** Marks reasoning details. */
  readonly format: string;
  readonly quirks: Quirks;
  /** By index in the output. */
  readonly items: ReadonlyMap<number, OpenItem>;
  /** By index in the output and in the message. */
  readonly parts: ReadonlyMap<string, Part>;
  /** The place of each piece of reasoning among all details, by index in the output, kind, and index in the item. */
  readonly thoughts: ReadonlyMap<string, number>;
  readonly details: number;
  readonly calls: number;
  readonly text: number;
  readonly searches: number;
  readonly annotations: readonly UrlCitation[];
  /** Addresses that searches of the provider gave, each once. */
  readonly sources: readonly string[];
}

/** A piece of the answer for the client. */
export interface Piece {
  readonly delta: ChunkDelta;
  readonly logprobs?: readonly unknown[];
}

export type Progressed = readonly [Progress, readonly Piece[]];

export const NO_PIECES: readonly Piece[] = [];

/** The beginning of an answer. */
export function beginning(target: Pick<Target, 'provider'>): Progress {
  return {
    format: formatOf(target),
    quirks: target.provider.quirks ?? {},
    items: new Map(),
    parts: new Map(),
    thoughts: new Map(),
    details: 0,
    calls: 0,
    text: 0,
    searches: 0,
    annotations: [],
    sources: [],
  };
}

/** Text of a part of a message. */
export function say(
  progress: Progress,
  key: string,
  text: string,
  logprobs: readonly unknown[],
): Progressed {
  if (text === '') return [progress, NO_PIECES];
  const known = progress.parts.get(key) ?? { start: progress.text, citations: 0 };
  const parts = new Map(progress.parts).set(key, known);
  const piece = { delta: { content: text }, ...(logprobs.length > 0 ? { logprobs } : {}) };
  return [{ ...progress, parts, text: progress.text + text.length }, [piece]];
}

/** A refusal in place of a part of a message. */
export function refuse(progress: Progress, key: string, words: string): Progressed {
  if (words === '') return [progress, NO_PIECES];
  const parts = new Map(progress.parts).set(key, { start: progress.text, citations: 0 });
  return [{ ...progress, parts }, [{ delta: { refusal: words } }]];
}

/** A citation; it is told at the end. Places are told within the part. What has no address is no annotation. */
export function cite(progress: Progress, key: string, native: JsonObject): Progress {
  const part = progress.parts.get(key) ?? { start: progress.text, citations: 0 };
  const parts = new Map(progress.parts).set(key, { ...part, citations: part.citations + 1 });
  const { type, url, title, start_index: start, end_index: end } = native;
  if (type !== 'url_citation' || typeof url !== 'string') return { ...progress, parts };
  const place = (index: unknown) => part.start + (typeof index === 'number' ? index : 0);
  const cited: UrlCitation = {
    type,
    url_citation: {
      url,
      title: typeof title === 'string' ? title : '',
      start_index: place(start),
      end_index: place(end),
    },
  };
  return { ...progress, parts, annotations: [...progress.annotations, cited] };
}

/** A piece of reasoning: of a summary, or in plain words. Between two of them the text has an empty line. */
export function think(
  progress: Progress,
  key: string,
  piece: Pick<ReasoningDetail, 'type' | 'id'>,
  text: string,
): Progressed {
  if (text === '') return [progress, NO_PIECES];
  const known = progress.thoughts.get(key);
  const index = known ?? progress.details;
  const separator = known === undefined && progress.thoughts.size > 0 ? '\n\n' : '';
  const words = piece.type === 'reasoning.summary' ? { summary: text } : { text };
  const detail: ReasoningDetail = { ...piece, ...words, format: progress.format, index };
  const thoughts = new Map(progress.thoughts).set(key, index);
  const details = known === undefined ? progress.details + 1 : progress.details;
  return [
    { ...progress, thoughts, details },
    [{ delta: { reasoning: separator + text, reasoning_details: [detail] } }],
  ];
}

/** A thought that only the provider can read. */
export function thinkInSecret(progress: Progress, id: string, data: string): Progressed {
  const { format, details: index } = progress;
  const detail: ReasoningDetail = { type: 'reasoning.encrypted', data, id, format, index };
  return [{ ...progress, details: index + 1 }, [{ delta: { reasoning_details: [detail] } }]];
}

/** Arguments of a call. */
export function argue(progress: Progress, output: number, json: string): Progressed {
  const item = progress.items.get(output);
  if (item?.call === undefined || json === '') return [progress, NO_PIECES];
  const items = new Map(progress.items).set(output, { ...item, isSpoken: true });
  const delta = { tool_calls: [{ index: item.call, function: { arguments: json } }] };
  return [{ ...progress, items }, [{ delta }]];
}
