import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { formatInstruction } from '../anthropic-messages/output-format.js';
import { objectOf, type JsonObject } from '../json.js';
import type { UpstreamRequest } from '../protocol.js';
import { toNativeConversation } from './messages.js';
import { familyOf } from './model-family.js';
import { outputConfig } from './output-format.js';
import { planReasoning, type ThinkingPart } from './thinking.js';
import { toolConfig } from './tools.js';

/**
 * A request of Converse, or of ConverseStream for a stream. The model stands in the path, whole and encoded: its name
 * may hold colons, and that of a profile is an ARN with slashes.
 * @throws GatewayError invalid_parameter naming the field of a message that cannot be carried
 */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const conversation = toNativeConversation(request.messages, target);
  const instruction = formatInstruction(request.response_format).map(({ text }) => ({ text }));
  const system = [...conversation.system, ...instruction];
  const thinking = planReasoning(request, target);
  const operation = request.stream === true ? 'converse-stream' : 'converse';
  return {
    path: `/model/${encodeURIComponent(target.offer.upstreamModel)}/${operation}`,
    body: {
      messages: conversation.messages,
      ...(system.length > 0 ? { system } : {}),
      ...filled('inferenceConfig', inferenceConfig(request, thinking)),
      ...filled('toolConfig', toolConfig(request, target)),
      ...filled('outputConfig', outputConfig(request, target)),
      ...filled('additionalModelRequestFields', modelFields(request, target, thinking)),
      ...filled('guardrailConfig', objectOf(request['guardrailConfig'])),
    },
    ...(request.stream === true
      ? { headers: { accept: 'application/vnd.amazon.eventstream' } }
      : {}),
  };
}

function filled(name: string, fields: JsonObject | undefined): JsonObject {
  return fields && Object.keys(fields).length > 0 ? { [name]: fields } : {};
}

function inferenceConfig(request: ChatRequest, { maxTokens }: ThinkingPart): JsonObject {
  const { temperature, top_p: topP, stop } = request;
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    // The default says nothing, and newer models refuse it beside a temperature.
    ...(topP === undefined || topP === 1 ? {} : { topP }),
    ...(stop === undefined ? {} : { stopSequences: [stop].flat() }),
  };
}

/** What only the model itself knows; the client's own word goes before the gateway's. */
function modelFields(request: ChatRequest, target: Target, { fields }: ThinkingPart): JsonObject {
  return {
    ...fields,
    ...topK(request['top_k'], target),
    ...objectOf(request['additionalModelRequestFields']),
  };
}

function topK(value: unknown, target: Target): JsonObject {
  if (typeof value !== 'number') return {};
  return familyOf(target) === 'nova' ? { inferenceConfig: { topK: value } } : { top_k: value };
}
