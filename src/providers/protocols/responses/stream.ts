import type { ChunkChoice } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';
import type { Target } from '../../../core/target.js';
import { countOf, isObject, objectOf, parseJson, stringOf, type JsonObject } from '../json.js';
import type { ServerSentEvent, StreamDecoder, StreamOutput } from '../protocol.js';
import { endByEvent, fail, failUnreadable, NOTHING } from '../stream-failure.js';
import { fromAnswerError } from './errors.js';
import { CONTINUED } from './events.js';
import { described, isAnswered, lastChoice } from './finish.js';
import { beginning, type Piece, type Progress } from './progress.js';
import { readUsage } from './usage.js';

export type StreamState =
  | { readonly phase: 'waiting'; readonly progress: Progress }
  | { readonly phase: 'answering'; readonly progress: Progress }
  | { readonly phase: 'ended' }
  | { readonly phase: 'failed' };

type Step = readonly [StreamState, readonly StreamOutput[]];

const ENDED: StreamState = { phase: 'ended' };

/** Events that end a stream, each with the whole response. */
const LAST: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

function step(state: StreamState, event: ServerSentEvent): Step {
  if (state.phase === 'ended' || state.phase === 'failed') return [state, NOTHING];
  if (event.data.trim() === '' || event.data === '[DONE]') return [state, NOTHING];
  const body = parseJson(event.data);
  if (!isObject(body)) return failUnreadable();
  const type = stringOf(body['type']) ?? event.event ?? 'error';
  if (type === 'error')
    return fail(fromAnswerError(isObject(body['error']) ? body['error'] : body));
  if (!type.startsWith('response.')) return [state, NOTHING];
  if (state.phase === 'answering') return proceed(state.progress, type, body);
  const [next, outputs] = proceed(state.progress, type, body);
  return [next, [...opening(body), ...outputs]];
}

/** Whatever the first event is, it begins the answer. */
function opening(body: JsonObject): StreamOutput[] {
  const { id, model } = objectOf(body['response']);
  const identity: StreamOutput = {
    type: 'identity',
    ...(typeof id === 'string' ? { upstreamId: id } : {}),
    ...(typeof model === 'string' ? { upstreamModel: model } : {}),
  };
  return [identity, chunkOf({ delta: { role: 'assistant', content: '' } })];
}

function proceed(progress: Progress, type: string, body: JsonObject): Step {
  if (LAST.has(type)) return finish(progress, objectOf(body['response']));
  const read = ownEntry(CONTINUED, type);
  if (!read) return [{ phase: 'answering', progress }, NOTHING];
  const [next, pieces] = read(progress, countOf(body['output_index']) ?? 0, body);
  return [{ phase: 'answering', progress: next }, pieces.map(chunkOf)];
}

/** The figures come before the failure that an answer may end with: it is billed all the same. */
function finish(progress: Progress, response: JsonObject): Step {
  const usage = readUsage(response, progress.searches, progress.quirks.reportedCost);
  const told: readonly StreamOutput[] = usage ? [{ type: 'usage', usage }] : NOTHING;
  if (isObject(response['error']) || !isAnswered(response)) {
    const [state, outputs] = fail(fromAnswerError(response['error']));
    return [state, [...told, ...outputs]];
  }
  const choices = [lastChoice(response, progress)];
  return [
    ENDED,
    [{ type: 'chunk', chunk: { choices, ...described(response) } }, ...told, { type: 'end' }],
  ];
}

function chunkOf({ delta, logprobs }: Piece): StreamOutput {
  const choice: ChunkChoice = {
    index: 0,
    delta,
    finish_reason: null,
    ...(logprobs ? { logprobs: { content: [...logprobs], refusal: null } } : {}),
  };
  return { type: 'chunk', chunk: { choices: [choice] } };
}

/** Events of a response as chunks. An answer is complete when the response itself was told, and only then. */
export const stream: StreamDecoder<StreamState> = {
  start: (target: Target) => ({ phase: 'waiting', progress: beginning(target) }),
  step,
  end: endByEvent,
};
