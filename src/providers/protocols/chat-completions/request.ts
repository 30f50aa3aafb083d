import type { ChatMessage, ChatRequest } from '../../../core/chat.js';
import type { Quirks } from '../../../core/provider.js';
import type { Target } from '../../../core/target.js';
import { isDefault } from '../parameters.js';
import type { UpstreamRequest } from '../protocol.js';

/** Fields that the gateway adds to an assistant message; OpenAI refuses messages that carry them. */
const GATEWAY_MESSAGE_FIELDS = ['reasoning', 'reasoning_details', 'images', 'annotations'] as const;

/** Values of known parameters that this target refuses. */
export function unsupportedValues(request: ChatRequest, target: Target): readonly string[] {
  const { capabilities } = target.offer;
  const refused: string[] = [];
  if (capabilities.temperature === false) {
    for (const name of ['temperature', 'top_p'] as const) {
      if (request[name] !== undefined && !isDefault(name, request[name])) refused.push(name);
    }
  }
  if (capabilities.tools === false && request.tools !== undefined && request.tools.length > 0)
    refused.push('tools');
  const passesReasoning = target.provider.quirks?.parameters?.['reasoning']?.rule === 'pass';
  if (!passesReasoning && request.reasoning?.max_tokens !== undefined) {
    refused.push('reasoning.max_tokens');
  }
  return refused;
}

/** The request as the provider takes it: its model name, its roles, its form of what this dialect words in two ways. */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const quirks = target.provider.quirks ?? {};
  const body: Record<string, unknown> = {
    ...request,
    model: target.offer.upstreamModel,
    messages: request.messages.map((message) => toUpstreamMessage(message, quirks)),
  };
  writeStreamOptions(body, request, quirks);
  writeReasoning(body, request, target);
  writeResponseFormat(body, request, quirks);
  return { path: '/chat/completions', body };
}

function writeStreamOptions(
  body: Record<string, unknown>,
  request: ChatRequest,
  quirks: Quirks,
): void {
  if (request.stream !== true) {
    delete body['stream'];
    delete body['stream_options'];
  } else if (quirks.streamUsage === 'always') delete body['stream_options'];
  else body['stream_options'] = { ...request.stream_options, include_usage: true };
}

/** `reasoning: {effort}` is another way to say `reasoning_effort`. */
function writeReasoning(body: Record<string, unknown>, request: ChatRequest, target: Target): void {
  if (
    request.reasoning === undefined ||
    target.provider.quirks?.parameters?.['reasoning']?.rule === 'pass'
  )
    return;
  delete body['reasoning'];
  if (request.reasoning.effort !== undefined) body['reasoning_effort'] ??= request.reasoning.effort;
}

/** Where only json_object is known, the schema is told in words. */
function writeResponseFormat(
  body: Record<string, unknown>,
  request: ChatRequest,
  quirks: Quirks,
): void {
  const format = request.response_format;
  if (quirks.jsonSchema !== 'json_object' || format?.type !== 'json_schema') return;
  const schema = JSON.stringify(format.json_schema.schema ?? {});
  const instruction = `Answer with one JSON object that is valid against this JSON schema, and nothing else:\n${schema}`;
  body['response_format'] = { type: 'json_object' };
  body['messages'] = [{ role: 'system', content: instruction }, ...(body['messages'] as unknown[])];
}

function toUpstreamMessage(message: ChatMessage, quirks: Quirks): Record<string, unknown> {
  const role = quirks.roles?.[message.role];
  const isAssistant = message.role === 'assistant';
  if (role === undefined && !isAssistant && quirks.dropMessageFields === undefined) return message;
  const upstream: Record<string, unknown> = { ...message };
  if (role !== undefined) upstream['role'] = role;
  for (const field of quirks.dropMessageFields ?? []) delete upstream[field];
  if (isAssistant) writeAssistantFields(upstream, message, quirks.reasoningReplayField);
  return upstream;
}

function writeAssistantFields(
  upstream: Record<string, unknown>,
  message: ChatMessage,
  replayField: string | undefined,
): void {
  for (const field of GATEWAY_MESSAGE_FIELDS) if (field !== replayField) delete upstream[field];
  if (replayField !== undefined && replayField !== 'reasoning_details') {
    const reasoning = message.reasoning ?? message['reasoning_content'];
    if (typeof reasoning === 'string') upstream[replayField] = reasoning;
  }
  if (message.tool_calls?.some((call) => call.extra_content !== undefined)) {
    upstream['tool_calls'] = message.tool_calls.map(
      ({ extra_content: _signature, ...call }) => call,
    );
  }
}
