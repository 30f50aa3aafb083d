import type { ChatRequest } from '../../core/chat.js';
import { invalidParameter } from '../../core/errors.js';
import { compileAssertion } from '../../platform/validation/compiled-validator.js';
import { ChatRequestDto } from './chat-request.dto.js';
import { assertPlugins } from './plugins.js';
import { assertWebSearch } from './web-search.js';

/** Fields by which clients of other gateways steer where a request and its key go; here nobody may. */
const FORBIDDEN: ReadonlySet<string> = new Set(['api_base', 'base_url', 'api_key', 'headers']);

const assertChatRequest = compileAssertion(ChatRequestDto);

/**
 * A parsed body as a chat request: checked, and without its nulls, which count as absent. The object is the same.
 * @throws GatewayError invalid_parameter naming the field
 */
export function toChatRequest(body: Record<string, unknown>): ChatRequest {
  for (const name in body) {
    if (FORBIDDEN.has(name)) {
      throw invalidParameter(name, `${name} is not allowed in a request.`);
    }
  }
  assertChatRequest(body);
  for (const name in body) if (body[name] === null) body[name] = undefined;
  const request = body as ChatRequest;
  assertConsistent(request);
  return request;
}

/** Rules between fields. */
function assertConsistent(request: ChatRequest): void {
  for (const [index, message] of request.messages.entries()) {
    const { role, content, tool_call_id: callId } = message;
    if (role === 'tool' && callId === undefined) {
      const where = `messages[${index}].tool_call_id`;
      throw invalidParameter(where, `${where} is required in a message of role tool.`);
    }
    if (role !== 'assistant' && (content === undefined || content === null)) {
      const where = `messages[${index}].content`;
      throw invalidParameter(where, `${where} is required in a message of role ${role}.`);
    }
  }
  for (const [index, tool] of (request.tools ?? []).entries()) {
    if (tool.type === 'function' && !('function' in tool && tool['function'])) {
      throw invalidParameter(`tools[${index}].function`, `tools[${index}].function is required.`);
    }
  }
  const format = request.response_format;
  if (format?.type === 'json_schema' && (format.json_schema as unknown) === undefined) {
    throw invalidParameter(
      'response_format.json_schema',
      'response_format.json_schema is required.',
    );
  }
  assertWebSearch(request);
  const plugins = request['plugins'];
  if (Array.isArray(plugins)) assertPlugins(plugins);
  if (request.stream_options !== undefined && request.stream !== true) {
    throw invalidParameter('stream_options', 'stream_options is only allowed when stream is true.');
  }
}
