import type { ChatChunk } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import type { Usage } from '../../../core/usage.js';
import { isObject, parseJson, stringOf, type JsonObject } from '../json.js';
import type { ServerSentEvent, StreamDecoder, StreamOutput } from '../protocol.js';
import { brokenOff, fail, failUnreadable, NOTHING } from '../stream-failure.js';
import { finishCandidate, searchesOf, takeCandidates, type Candidate } from './candidates.js';
import { blockReason, finishBlocked } from './prompt-feedback.js';
import { fromInBandError } from './errors.js';
import { canonicalServiceTier, readUsage } from './usage.js';

/** `blocked` is a prompt that was refused; an answer is complete when each candidate has a finish reason. */
export type StreamState =
  | { readonly phase: 'waiting'; readonly model: string }
  | {
      readonly phase: 'answering';
      readonly model: string;
      readonly candidates: readonly Candidate[];
      readonly serviceTier: string | undefined;
      /** The newest figures. */
      readonly usage: Usage | undefined;
    }
  | { readonly phase: 'blocked'; readonly model: string; readonly reason: string }
  | { readonly phase: 'failed' };

type Step = readonly [StreamState, readonly StreamOutput[]];

function step(state: StreamState, event: ServerSentEvent): Step {
  const data = event.data.trim();
  if (state.phase === 'failed' || data === '' || data === '[DONE]') return [state, NOTHING];
  const parsed = parseJson(data) ?? parseElement(data);
  const answers: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  let current: StreamState = state;
  const outputs: StreamOutput[] = [];
  for (const answer of answers) {
    const [next, news] = takeAnswer(current, answer);
    current = next;
    outputs.push(...news);
  }
  return [current, outputs];
}

const ARRAY_MARKS = new Set('[], \t\r\n');

function withoutArrayMarks(data: string): string {
  let start = 0;
  let end = data.length;
  while (start < end && ARRAY_MARKS.has(data.charAt(start))) start++;
  while (end > start && ARRAY_MARKS.has(data.charAt(end - 1))) end--;
  return data.slice(start, end);
}

/** Without `alt=sse` the answers are the elements of one JSON array, each sent with the marks around it. */
function parseElement(data: string): unknown {
  const element = withoutArrayMarks(data);
  return element === '' ? [] : parseJson(element);
}

function takeAnswer(state: StreamState, body: unknown): Step {
  if (state.phase === 'failed') return [state, NOTHING];
  if (!isObject(body)) return failUnreadable();
  if (isObject(body['error'])) return fail(fromInBandError(body));
  const before = state.phase === 'answering' ? state.candidates : [];
  const [candidates, chunks] = takeCandidates(before, body);
  const outputs: StreamOutput[] = state.phase === 'waiting' ? identity(body) : [];
  for (const chunk of chunks) outputs.push({ type: 'chunk', chunk });
  const known = state.phase === 'answering' ? state.usage : undefined;
  const usage = newestUsage(known, body, searchesOf(candidates, state.model));
  if (usage && usage !== known) outputs.push({ type: 'usage', usage });
  return [nextState(state, body, candidates, usage), outputs];
}

/** Searches may be told after the figures. */
function newestUsage(
  known: Usage | undefined,
  body: JsonObject,
  webSearches: number,
): Usage | undefined {
  const told = readUsage(body, webSearches);
  if (told || !known || (known.webSearches ?? 0) === webSearches) return told ?? known;
  return { ...known, webSearches };
}

function nextState(
  state: Exclude<StreamState, { phase: 'failed' }>,
  body: JsonObject,
  candidates: readonly Candidate[],
  usage: Usage | undefined,
): StreamState {
  const { model } = state;
  const reason = blockReason(body);
  if (candidates.length === 0 && reason !== undefined) return { phase: 'blocked', model, reason };
  if (candidates.length === 0 && state.phase === 'blocked') return state;
  const before = state.phase === 'answering' ? state.serviceTier : undefined;
  const serviceTier = canonicalServiceTier(body) ?? before;
  if (reason === undefined) return { phase: 'answering', model, candidates, serviceTier, usage };
  // A block in the middle of an answer ends what is still open of it.
  const ended = candidates.map((candidate) => ({
    ...candidate,
    finishReason: candidate.finishReason ?? reason,
  }));
  return { phase: 'answering', model, candidates: ended, serviceTier, usage };
}

function identity(body: JsonObject): StreamOutput[] {
  const upstreamId = stringOf(body['responseId']);
  const upstreamModel = stringOf(body['modelVersion']);
  if (upstreamId === undefined && upstreamModel === undefined) return [];
  return [
    {
      type: 'identity',
      ...(upstreamId ? { upstreamId } : {}),
      ...(upstreamModel ? { upstreamModel } : {}),
    },
  ];
}

/**
 * Gemini has no last event: the answer is complete if the bytes end after every candidate was given a finish reason.
 * Only then are the finish reasons told, because text may follow the first one.
 */
function end(state: StreamState): readonly StreamOutput[] {
  if (state.phase === 'failed') return NOTHING;
  const chunks = state.phase === 'blocked' ? finishBlocked(state.reason) : finishAll(state);
  if (chunks === undefined) return brokenOff();
  return [...chunks.map((chunk) => ({ type: 'chunk', chunk }) as const), { type: 'end' }];
}

/** Undefined if there is no candidate, or one that is not finished. */
function finishAll(state: StreamState): ChatChunk[] | undefined {
  if (state.phase !== 'answering' || state.candidates.length === 0) return undefined;
  const { candidates, serviceTier } = state;
  if (!candidates.every(({ finishReason }) => finishReason !== undefined)) return undefined;
  const tier = serviceTier === undefined ? {} : { service_tier: serviceTier };
  return candidates
    .flatMap((candidate) => finishCandidate(candidate, candidate.finishReason ?? ''))
    .map((chunk) => ({ ...chunk, ...tier }));
}

/** Whole answers, each with the next piece of every candidate, made into chunks. */
export const stream: StreamDecoder<StreamState> = {
  start: (target: Target) => ({ phase: 'waiting', model: target.offer.upstreamModel }),
  step,
  end,
};
