import type { AssistantMessage, ReasoningDetail, ToolCall } from '../../../core/chat.js';
import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import type { UpstreamAnswer } from '../protocol.js';
import { readCitations, type Citations } from './citations.js';
import { fromInBandError } from './errors.js';
import { canonicalFinishReason, failureStatusOf } from './finish-reason.js';
import { planDetail, thoughtDetail } from './thoughts.js';
import { readUsage } from './usage.js';

/**
 * An answer of Cohere's Chat API in OpenAI's form. The plan before calls of tools is reasoning.
 * @throws GatewayError upstream_error if the body is no answer, or the error with which the answer ended
 */
export function fromUpstreamResponse(body: unknown, _target: Target): UpstreamAnswer {
  const answer = objectOf(body);
  const { message, finish_reason: native } = answer;
  const failure = failureStatusOf(native);
  if (failure !== undefined) throw fromInBandError(answer, failure);
  if (!isObject(message))
    throw new GatewayError('upstream_error', { detail: 'the answer has no message' });
  const texts = textsOf(message);
  const citations = readCitations(listOf(message['citations']), texts);
  const calls = listOf(message['tool_calls']).map(objectOf).map(callOf);
  const choice = {
    index: 0,
    message: messageOf([...texts.values()].join(''), detailsOf(message), calls, citations),
    logprobs: null,
    finish_reason: canonicalFinishReason(native, calls.length > 0),
    ...(typeof native === 'string' ? { native_finish_reason: native } : {}),
    ...(citations.others.length === 0 ? {} : { citations: citations.others }),
  };
  return {
    completion: { choices: [choice] },
    usage: readUsage(answer['usage']),
    upstreamId: stringOf(answer['id']),
    upstreamModel: undefined,
  };
}

function messageOf(
  text: string,
  details: readonly ReasoningDetail[],
  calls: readonly ToolCall[],
  { annotations }: Citations,
): AssistantMessage {
  const reasoning = details.map((detail) => detail.text ?? '').join('');
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    ...(details.length === 0 ? {} : { reasoning, reasoning_details: [...details] }),
    ...(calls.length === 0 ? {} : { tool_calls: [...calls] }),
    ...(annotations.length === 0 ? {} : { annotations: [...annotations] }),
  };
}

/** By the index of their block among all blocks, as citations count them. */
function textsOf(message: JsonObject): Map<number, string> {
  const { content } = message;
  if (typeof content === 'string') return new Map([[0, content]]);
  const blocks = listOf(content).map(objectOf);
  return new Map(
    blocks.flatMap(({ type, text }, index) =>
      type === 'text' ? [[index, stringOf(text) ?? ''] as const] : [],
    ),
  );
}

/** The plan comes before what else is said, and thoughts before the plan. */
function detailsOf(message: JsonObject): ReasoningDetail[] {
  const thoughts = listOf(message['content'])
    .map(objectOf)
    .filter(({ type }) => type === 'thinking')
    .map(({ thinking }) => stringOf(thinking) ?? '')
    .filter((thought) => thought !== '');
  const plan = stringOf(message['tool_plan']) ?? '';
  return [
    ...thoughts.map((thought, index) => thoughtDetail(index, thought)),
    ...(plan === '' ? [] : [planDetail(thoughts.length, plan)]),
  ];
}

function callOf({ id, function: called }: JsonObject, index: number): ToolCall {
  const { name, arguments: given } = objectOf(called);
  return {
    id: stringOf(id) || `call_${index}`,
    type: 'function',
    function: {
      name: stringOf(name) ?? '',
      arguments: stringOf(given)?.trim() ? String(given) : '{}',
    },
  };
}
