import type { ChatChunk, ChunkDelta } from '../../../core/chat.js';
import { listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { closeCall, NO_PARTS, takePart, type PartsState } from './candidate.js';
import { annotate, readCitations, readSearchQueries, type Citation } from './citations.js';
import { canonicalFinishReason } from './finish-reason.js';
import { readLogprobs } from './logprobs.js';
import { billedSearches } from './usage.js';

/** A candidate of an answer, as far as it has come. */
export interface Candidate {
  readonly index: number;
  readonly parts: PartsState;
  readonly citations: readonly Citation[];
  readonly queries: ReadonlySet<string>;
  /** The newest one: some answers say STOP in every event, so it ends nothing by itself. */
  readonly finishReason: string | undefined;
}

type Step = readonly [readonly Candidate[], readonly ChatChunk[]];

/** Takes the candidates of one answer, or of one event of a stream, and gives the chunks that tell their news. */
export function takeCandidates(candidates: readonly Candidate[], body: JsonObject): Step {
  const responseId = stringOf(body['responseId']);
  let known = candidates;
  const chunks: ChatChunk[] = [];
  for (const [position, entry] of listOf(body['candidates']).entries()) {
    const native = objectOf(entry);
    const index = typeof native['index'] === 'number' ? native['index'] : position;
    const before = known.find((candidate) => candidate.index === index) ?? unopened(index);
    const [after, news] = takeCandidate(before, native, responseId);
    known = known.includes(before)
      ? known.map((candidate) => (candidate === before ? after : candidate))
      : [...known, after];
    chunks.push(...news);
  }
  return [known, chunks];
}

function unopened(index: number): Candidate {
  return { index, parts: NO_PARTS, citations: [], queries: new Set(), finishReason: undefined };
}

function takeCandidate(
  candidate: Candidate,
  native: JsonObject,
  responseId: string | undefined,
): readonly [Candidate, readonly ChatChunk[]] {
  const content = objectOf(native['content']);
  const context = { responseId, index: candidate.index };
  const deltas: ChunkDelta[] = [];
  let { parts } = candidate;
  for (const part of listOf(content['parts'])) {
    const [next, news] = takePart(parts, part, context);
    parts = next;
    deltas.push(...news);
  }
  const chunks = deltas.map((delta) => chunkOf(candidate.index, delta));
  const logprobs = readLogprobs(native);
  if (logprobs) chunks.push({ choices: [{ ...choiceOf(candidate.index, {}), logprobs }] });
  const citations = readCitations(native);
  const queries = readSearchQueries(native);
  const after: Candidate = {
    index: candidate.index,
    parts,
    citations:
      citations.length === 0 ? candidate.citations : [...candidate.citations, ...citations],
    queries: queries.length === 0 ? candidate.queries : new Set([...candidate.queries, ...queries]),
    finishReason: stringOf(native['finishReason']) || candidate.finishReason,
  };
  return [after, withRole(chunks, candidate.parts.phase.name === 'unopened')];
}

/** The chunks that end a candidate: what was held back, its annotations, and last its finish reason. */
export function finishCandidate(candidate: Candidate, finishReason: string): readonly ChatChunk[] {
  const { index } = candidate;
  const [parts, held] = closeCall(candidate.parts);
  const annotations = annotate(candidate.citations, parts.content);
  const deltas: ChunkDelta[] = [...held];
  if (parts.content === '' && parts.calls === 0) deltas.push({ content: '' });
  if (annotations.length > 0) deltas.push({ annotations });
  const chunks = deltas.map((delta) => chunkOf(index, delta));
  const last = {
    ...choiceOf(index, {}),
    finish_reason: canonicalFinishReason(finishReason, parts.calls > 0),
    native_finish_reason: finishReason,
  };
  return withRole([...chunks, { choices: [last] }], parts.phase.name === 'unopened');
}

/** The searches to bill for an answer of several candidates. */
export function searchesOf(candidates: readonly Candidate[], model: string): number {
  const queries = new Set<string>();
  for (const candidate of candidates) for (const query of candidate.queries) queries.add(query);
  return queries.size === 0 ? 0 : billedSearches(queries.size, model);
}

function choiceOf(index: number, delta: ChunkDelta): ChatChunk['choices'][number] {
  return { index, delta, finish_reason: null };
}

function chunkOf(index: number, delta: ChunkDelta): ChatChunk {
  return { choices: [choiceOf(index, delta)] };
}

/** The role, once, on the first chunk of a candidate. */
function withRole(chunks: readonly ChatChunk[], isFirst: boolean): readonly ChatChunk[] {
  const [first, ...rest] = chunks;
  const [choice] = first?.choices ?? [];
  if (!isFirst || first === undefined || choice === undefined) return chunks;
  const delta: ChunkDelta = { role: 'assistant', ...choice.delta };
  return [{ ...first, choices: [{ ...choice, delta }] }, ...rest];
}
