import type { ChatChunk, Choice } from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { foldChunks } from '../gemini/fold.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamAnswer } from '../protocol.js';
import { fromAnswerError } from './errors.js';
import { described, isAnswered, lastChoice } from './finish.js';
import { closeItem } from './output-items.js';
import { beginning, type Piece, type Progress } from './progress.js';
import { readUsage } from './usage.js';

/**
 * A response in OpenAI's chat form, made by the same code as a stream in which each item comes in one piece.
 * @throws GatewayError upstream_error if the body is no answer, or the error that it holds
 */
export function fromUpstreamResponse(body: unknown, target: Target): UpstreamAnswer {
  const response = objectOf(body);
  const { error, output } = response;
  if (isObject(error)) throw fromAnswerError(error);
  if (!isAnswered(response) || !Array.isArray(output))
    throw new GatewayError('upstream_error', { detail: 'the answer has no output' });
  const [progress, pieces] = readOutput(output.map(objectOf), target);
  const created = response['created_at'];
  return {
    completion: {
      choices: choicesOf(response, progress, pieces),
      ...(typeof created === 'number' ? { created: Math.floor(created) } : {}),
      ...described(response),
    },
    usage: readUsage(response, progress.searches, progress.quirks.reportedCost),
    upstreamId: stringOf(response['id']),
    upstreamModel: stringOf(response['model']),
  };
}

function readOutput(output: readonly JsonObject[], target: Target): [Progress, Piece[]] {
  let progress = beginning(target);
  const pieces: Piece[] = [];
  for (const [index, item] of output.entries()) {
    const [next, made] = closeItem(progress, index, item);
    progress = next;
    pieces.push(...made);
  }
  return [progress, pieces];
}

function choicesOf(response: JsonObject, progress: Progress, pieces: readonly Piece[]): Choice[] {
  const chunks = pieces.map(({ delta }): ChatChunk => ({
    choices: [{ index: 0, delta, finish_reason: null }],
  }));
  const tokens = pieces.flatMap(({ logprobs }) => logprobs ?? []);
  const last: ChatChunk = { choices: [lastChoice(response, progress)] };
  return foldChunks([...chunks, last]).map((choice) => ({
    ...choice,
    message: { ...choice.message, content: contentOf(choice) },
    logprobs: tokens.length === 0 ? null : { content: tokens, refusal: null },
  }));
}

function contentOf({ message }: Choice): string | null {
  return message.content ?? (message.tool_calls === undefined ? '' : null);
}
