import type { ChatChunk } from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import type { Quirks } from '../../../core/provider.js';
import type { Target } from '../../../core/target.js';
import type { Usage } from '../../../core/usage.js';
import { isObject, listOf, objectOf, parseJson, stringOf, type JsonObject } from '../json.js';
import type { ServerSentEvent, StreamDecoder, StreamOutput } from '../protocol.js';
import { brokenOff, failUnreadable, NOTHING } from '../stream-failure.js';
import { canonicalizeEnvelope } from './envelope.js';
import { fromInBandError, isInBandError } from './errors.js';
import { canonicalFinishReason, isFailure } from './finish-reason.js';
import { learnTemplate, matchTemplate, type TextTemplate } from './text-template.js';
import { emptyArguments } from './tool-call-deltas.js';
import { canonicalizeChoice, type ChoiceProgress } from './stream-choice.js';
import { readUsage } from './usage.js';

export type StreamState =
  | {
      readonly phase: 'waiting';
      readonly quirks: Quirks | undefined;
      /** What Azure's filter says of the prompt, in a chunk of its own before all others. */
      readonly promptFilter?: unknown;
    }
  | {
      readonly phase: 'answering';
      readonly quirks: Quirks | undefined;
      readonly choices: Map<number, ChoiceProgress>;
      /** The newest figures, and the tier that served the call: they may be told in different chunks. */
      readonly told: Told;
      readonly template?: TextTemplate | undefined;
    }
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed' };

interface Told {
  readonly usage?: Usage | undefined;
  readonly serviceTier?: string | undefined;
}

const ENDED: StreamState = { phase: 'ended' };
const FAILED: StreamState = { phase: 'failed' };
const NOTHING_TOLD: Told = {};
const THE_END: StreamOutput = { type: 'end' };
const END: readonly [StreamState, readonly StreamOutput[]] = [ENDED, [THE_END]];

/** What was used until then is told first: the provider may ask for it all the same. */
function fail(error: GatewayError, usage?: Usage): readonly [StreamState, readonly StreamOutput[]] {
  const failed: StreamOutput = { type: 'error', error };
  return [FAILED, usage ? [{ type: 'usage', usage }, failed] : [failed]];
}

function step(
  state: StreamState,
  event: ServerSentEvent,
): readonly [StreamState, readonly StreamOutput[]] {
  if (state.phase === 'ended' || state.phase === 'failed') return [state, NOTHING];
  if (state.phase === 'answering' && state.template) {
    const text = matchTemplate(state.template, event.data);
    if (text) return [state, [{ type: 'text', ...text }]];
  }
  if (event.data.trim() === '[DONE]') return finish(state);
  const body = parseJson(event.data);
  if (!isObject(body)) {
    if (event.data.trim() === '') return [state, NOTHING];
    return failUnreadable();
  }
  if (isInBandError(body))
    return fail(fromInBandError(body, state.quirks), readUsage(body, state.quirks));
  if (event.event === 'error') return fail(fromInBandError({ error: body }, state.quirks));
  return learnFrom(event.data, readChunk(state, body));
}

/** The first chunk that carries text alone shows what the others look like. */
function learnFrom(
  data: string,
  [state, outputs]: readonly [StreamState, readonly StreamOutput[]],
): readonly [StreamState, readonly StreamOutput[]] {
  const [output] = outputs;
  if (state.phase !== 'answering' || state.template || outputs.length !== 1)
    return [state, outputs];
  if (output?.type !== 'chunk' || state.choices.size !== 1) return [state, outputs];
  const template = learnTemplate(data, output.chunk);
  return [template ? { ...state, template } : state, outputs];
}

/**
 * [DONE] before any choice is an answer without an answer. A choice that never told why it ended has ended all the
 * same, as it has in an answer of one piece.
 */
function finish(state: StreamState): readonly [StreamState, readonly StreamOutput[]] {
  if (state.phase === 'answering' && state.choices.size > 0) {
    const choices: JsonObject[] = [];
    for (const [index, { phase, calls }] of state.choices) {
      if (phase === 'finished') continue;
      const missing = emptyArguments(calls);
      const delta = missing.length > 0 ? { tool_calls: missing } : {};
      choices.push({
        index,
        delta,
        finish_reason: canonicalFinishReason(undefined, calls.size > 0),
      });
    }
    if (choices.length === 0) return END;
    return [ENDED, [{ type: 'chunk', chunk: { choices } as unknown as ChatChunk }, THE_END]];
  }
  return fail(new GatewayError('upstream_error', { detail: 'the stream ended without a chunk' }));
}

function readChunk(
  state: StreamState & { phase: 'waiting' | 'answering' },
  body: JsonObject,
): readonly [StreamState, readonly StreamOutput[]] {
  const outputs: StreamOutput[] = [];
  const choices = state.phase === 'answering' ? state.choices : new Map<number, ChoiceProgress>();
  const before = state.phase === 'answering' ? state.told : NOTHING_TOLD;
  const told = toldBy(body, before, state.quirks);
  const usage = told === before ? undefined : told.usage;
  const list = listOf(body['choices']).map(objectOf);
  if (state.phase === 'waiting') {
    const promptFilter = body['prompt_filter_results'] ?? state.promptFilter;
    if (list.length === 0 && !usage && promptFilter !== undefined)
      return [{ ...state, promptFilter }, NOTHING];
    // With the first choice, for clients that take every chunk to have one.
    if (promptFilter !== undefined) body['prompt_filter_results'] = promptFilter;
    outputs.push(identity(body));
  }
  for (const [position, choice] of list.entries()) {
    if (isFailure(choice['finish_reason'])) {
      return fail(
        new GatewayError('overloaded', {
          detail: `finish_reason ${String(choice['finish_reason'])}`,
        }),
        usage,
      );
    }
    canonicalizeChoice(choice, position, choices, body);
  }
  if (list.length > 0) {
    body['choices'] = list;
    canonicalizeEnvelope(body);
    outputs.push({ type: 'chunk', chunk: body as unknown as ChatChunk });
  }
  if (usage) outputs.push({ type: 'usage', usage });
  const answering: StreamState =
    state.phase === 'waiting'
      ? { phase: 'answering', quirks: state.quirks, choices, told }
      : told === before
        ? state
        : { ...state, told };
  if (!usage || list.length > 0 || state.quirks?.streamEnd !== 'usage') return [answering, outputs];
  const [ended, last] = finish(answering);
  return [ended, [...outputs, ...last]];
}

/** What is known with this chunk; `before` itself where it tells nothing new. */
function toldBy(body: JsonObject, before: Told, quirks: Quirks | undefined): Told {
  const usage = readUsage(body, quirks);
  const serviceTier = stringOf(body['service_tier']) || before.serviceTier;
  if (!usage && serviceTier === before.serviceTier) return before;
  const newest = usage ?? before.usage;
  const isUntold = newest !== undefined && !newest.serviceTier && serviceTier !== undefined;
  return { usage: isUntold ? { ...newest, serviceTier } : newest, serviceTier };
}

function identity(body: JsonObject): StreamOutput {
  const upstreamId = stringOf(body['id']);
  const upstreamModel = stringOf(body['model'] ?? body['model_id']);
  return {
    type: 'identity',
    ...(upstreamId ? { upstreamId } : {}),
    ...(upstreamModel ? { upstreamModel } : {}),
  };
}

/** Some providers never send [DONE]: an answer whose every choice has finished is complete all the same. */
function end(state: StreamState): readonly StreamOutput[] {
  if (state.phase === 'ended' || state.phase === 'failed') return NOTHING;
  const complete =
    state.phase === 'answering' &&
    state.choices.size > 0 &&
    [...state.choices.values()].every((choice) => choice.phase === 'finished');
  if (complete) return [{ type: 'end' }];
  return brokenOff();
}

/** Chunks as they come, with what this dialect's speakers do differently put right. */
export const stream: StreamDecoder<StreamState> = {
  start: (target: Target) => ({ phase: 'waiting', quirks: target.provider.quirks }),
  step,
  end,
};
