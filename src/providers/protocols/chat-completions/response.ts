import type { ChatCompletion } from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamAnswer } from '../protocol.js';
import { annotationsOf } from './citations.js';
import { canonicalizeEnvelope, canonicalLogprobs } from './envelope.js';
import { fromInBandError, isInBandError } from './errors.js';
import { canonicalFinishReason, isFailure } from './finish-reason.js';
import { argumentsText, canonicalizeFields, NO_ARGUMENTS } from './message.js';
import { readUsage } from './usage.js';

/**
 * An answer in canonical form; the body is changed in place and handed on, so that fields nobody knows survive.
 * @throws GatewayError upstream_error if it is no answer, or the error that it holds.
 */
export function fromUpstreamResponse(body: unknown, target: Target): UpstreamAnswer {
  if (!isObject(body))
    throw new GatewayError('upstream_error', { detail: 'the answer is not a JSON object' });
  if (isInBandError(body)) throw fromInBandError(body, target.provider.quirks);
  const choices = body['choices'];
  if (!Array.isArray(choices) || choices.length === 0) {
    throw new GatewayError('upstream_error', { detail: 'the answer has no choices' });
  }
  const usage = readUsage(body, target.provider.quirks);
  const upstreamId = stringOf(body['id']);
  const upstreamModel = stringOf(body['model'] ?? body['model_id']);
  body['choices'] = choices.map((choice, position) =>
    canonicalizeChoice(objectOf(choice), position, body),
  );
  const { created } = body;
  canonicalizeEnvelope(body);
  if (typeof created === 'number') body['created'] = Math.floor(created);
  return { completion: body as unknown as ChatCompletion, usage, upstreamId, upstreamModel };
}

function canonicalizeChoice(choice: JsonObject, position: number, body: JsonObject): JsonObject {
  const native = choice['finish_reason'];
  if (isFailure(native))
    throw new GatewayError('overloaded', { detail: `finish_reason ${String(native)}` });
  const message = objectOf(choice['message']);
  canonicalizeFields(message);
  message['role'] = 'assistant';
  message['content'] ??= null;
  message['refusal'] ??= null;
  if (message['annotations'] === undefined) {
    const annotations = annotationsOf(body, stringOf(message['content']) ?? '');
    if (annotations.length > 0) message['annotations'] = annotations;
  }
  const calls = message['tool_calls'];
  const callsTools = Array.isArray(calls) && calls.length > 0;
  const finishReason = canonicalFinishReason(native, callsTools);
  const lacking = finishReason === 'tool_calls' ? NO_ARGUMENTS : '';
  message['tool_calls'] = callsTools
    ? calls.map((call, index) => canonicalizeCall(objectOf(call), index, lacking))
    : undefined;
  if (typeof native === 'string' && native !== finishReason)
    choice['native_finish_reason'] ??= native;
  choice['index'] ??= position;
  choice['message'] = message;
  choice['finish_reason'] = finishReason;
  choice['logprobs'] = canonicalLogprobs(choice['logprobs']);
  return choice;
}

/** @param lacking stands for arguments of which nothing was told; the call may have been cut */
function canonicalizeCall(call: JsonObject, index: number, lacking: string): JsonObject {
  const { name, arguments: args } = objectOf(call['function']);
  const id = stringOf(call['id']);
  return {
    ...call,
    id: id === undefined || id === '' ? `call_${index}` : id,
    type: 'function',
    function: {
      ...objectOf(call['function']),
      name: stringOf(name) ?? '',
      arguments: argumentsText(args) || lacking,
    },
  };
}
