import { listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { annotationsOf } from './citations.js';
import { canonicalLogprobs } from './envelope.js';
import { canonicalFinishReason } from './finish-reason.js';
import { canonicalizeFields } from './message.js';
import { canonicalizeCallDeltas, emptyArguments, type CallNumbering } from './tool-call-deltas.js';

/** One choice of a stream: what of it the client has been told. */
export interface ChoiceProgress {
  readonly calls: CallNumbering;
  phase: 'unopened' | 'open' | 'finished';
}

/** Puts a choice of a chunk into OpenAI's form, in place; `choices` learns what the client is told by it. */
export function canonicalizeChoice(
  choice: JsonObject,
  position: number,
  choices: Map<number, ChoiceProgress>,
  body: JsonObject,
): void {
  const index = typeof choice['index'] === 'number' ? choice['index'] : position;
  const progress = choices.get(index) ?? { calls: new Map(), phase: 'unopened' };
  choices.set(index, progress);
  // Some providers send a whole message in place of a delta.
  const delta = objectOf(choice['delta'] ?? choice['message']);
  canonicalizeFields(delta);
  delta['role'] = progress.phase === 'unopened' ? 'assistant' : undefined;
  if (progress.phase === 'unopened') progress.phase = 'open';
  const calls = delta['tool_calls'];
  if (Array.isArray(calls) && calls.length > 0)
    delta['tool_calls'] = canonicalizeCallDeltas(calls, progress.calls);
  else if (calls !== undefined) delta['tool_calls'] = undefined;
  if (isFinish(choice) && progress.phase === 'open') cite(delta, choice, body);
  choice['index'] = index;
  choice['delta'] = delta;
  choice['message'] = undefined;
  if (choice['logprobs'] !== undefined) choice['logprobs'] = canonicalLogprobs(choice['logprobs']);
  finishChoice(choice, progress);
}

function isFinish({ finish_reason: native }: JsonObject): boolean {
  return typeof native === 'string' && native !== '';
}

/** The pages that an answer names come with its end; who names them there sends the whole message beside the delta. */
function cite(delta: JsonObject, choice: JsonObject, body: JsonObject): void {
  if (delta['annotations'] !== undefined) return;
  const annotations = annotationsOf(body, stringOf(objectOf(choice['message'])['content']) ?? '');
  if (annotations.length > 0) delta['annotations'] = annotations;
}

function finishChoice(choice: JsonObject, progress: ChoiceProgress): void {
  const native = choice['finish_reason'];
  choice['usage'] = undefined;
  if (typeof native !== 'string' || native === '') {
    choice['finish_reason'] = null;
    return;
  }
  const finishReason = canonicalFinishReason(native, progress.calls.size > 0);
  if (native !== finishReason) choice['native_finish_reason'] ??= native;
  choice['finish_reason'] = progress.phase === 'finished' ? null : finishReason;
  if (progress.phase === 'open' && finishReason === 'tool_calls') completeCalls(choice, progress);
  progress.phase = 'finished';
}

function completeCalls(choice: JsonObject, { calls }: ChoiceProgress): void {
  const missing = emptyArguments(calls);
  if (missing.length === 0) return;
  const delta = objectOf(choice['delta']);
  choice['delta'] = { ...delta, tool_calls: [...listOf(delta['tool_calls']), ...missing] };
}
