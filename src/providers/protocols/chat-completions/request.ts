import type { ChatMessage, ChatRequest } from '../../../core/chat.js';
import type { Quirks } from '../../../core/provider.js';
import type { Target } from '../../../core/target.js';
import { calledModel, callPath } from '../call-path.js';
import { isDefault } from '../parameters.js';
import type { UpstreamRequest } from '../protocol.js';
import { settingFields } from '../setting-fields.js';
import { reasoningFields, unsupportedReasoning } from './reasoning.js';

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
  const quirks = target.provider.quirks ?? {};
  if ((request.temperature ?? 0) > (quirks.highestTemperature ?? Infinity))
    refused.push('temperature');
  if (!knowsToolChoice(request.tool_choice, quirks)) refused.push('tool_choice');
  const reasoning = unsupportedReasoning(request, target);
  if (reasoning !== undefined) refused.push(reasoning);
  return refused;
}

function knowsToolChoice(choice: ChatRequest['tool_choice'], { toolChoices }: Quirks): boolean {
  if (choice === undefined || toolChoices === undefined) return true;
  const kind = typeof choice === 'string' ? choice : choice.type;
  return toolChoices.some((known) => known === kind);
}

/** The request as the provider takes it: its model name, its roles, its form of what this dialect words in two ways. */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const quirks = target.provider.quirks ?? {};
  const body: Record<string, unknown> = {
    ...quirks.presets,
    ...request,
    model: calledModel(target),
    messages: request.messages.map((message) => toUpstreamMessage(message, quirks)),
    ...settingFields(target),
  };
  writeStreamOptions(body, request, quirks);
  writeReasoning(body, request, target);
  writeResponseFormat(body, request, quirks);
  renameFields(body, quirks);
  const isStream = request.stream === true;
  const path = callPath(target, '/chat/completions', isStream);
  if (quirks.streamBy !== 'path' || !isStream) return { path, body };
  delete body['stream'];
  return { path, body, headers: { accept: 'text/event-stream' } };
}

function renameFields(
  body: Record<string, unknown>,
  { modelField = 'model', toolChoiceField = 'tool_choice' }: Quirks,
): void {
  const { model, tool_choice: choice } = body;
  if (modelField !== 'model') delete body['model'];
  body[modelField] = model;
  if (typeof choice !== 'string' || toolChoiceField === 'tool_choice') return;
  delete body['tool_choice'];
  body[toolChoiceField] = choice;
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
  if (request.stream === true && request.tools !== undefined && quirks.toolStreamField)
    body[quirks.toolStreamField] ??= true;
}

/** What a client says in the provider's own words goes before what it says in OpenAI's. */
function writeReasoning(body: Record<string, unknown>, request: ChatRequest, target: Target): void {
  if (target.provider.quirks?.parameters?.['reasoning']?.rule === 'pass') return;
  delete body['reasoning'];
  delete body['reasoning_effort'];
  for (const [name, value] of Object.entries(reasoningFields(request, target)))
    body[name] ??= value;
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
