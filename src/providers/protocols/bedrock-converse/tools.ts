import type { ChatMessage, ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { toNativeTools } from '../anthropic-messages/tools.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import { cachePoint } from './messages.js';
import { ANSWER_TOOL, answersByTool, answerTool } from './output-format.js';

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'any' };

/**
 * `toolConfig`, or undefined without tools. A conversation in which tools were called must have them declared, also
 * where the request no longer does.
 */
export function toolConfig(request: ChatRequest, target: Target): JsonObject | undefined {
  if (answersByTool(request, target)) {
    return { tools: [answerTool(request)], toolChoice: { tool: { name: ANSWER_TOOL } } };
  }
  const { tools = [], tool_choice: choice } = toNativeTools(request, target);
  if (choice?.['type'] === 'none') return undefined;
  if (tools.length === 0) return formerTools(request.messages);
  const caches = target.offer.capabilities.promptCaching !== false;
  const specs = tools.flatMap((tool) => [toolSpec(tool), ...(caches ? cachePoint(tool) : [])]);
  return { tools: specs, ...toolChoice(choice) };
}

/** Whether tools were called in the conversation. */
export function hasToolHistory(messages: readonly ChatMessage[]): boolean {
  return formerTools(messages) !== undefined;
}

function toolSpec({ name, description, input_schema: json, strict }: JsonObject): JsonObject {
  const described = typeof description === 'string' && description !== '';
  return {
    toolSpec: {
      name,
      ...(described ? { description } : {}),
      inputSchema: { json },
      ...(strict === true ? { strict } : {}),
    },
  };
}

function toolChoice(choice: JsonObject | undefined): JsonObject {
  if (choice?.['type'] === 'tool') return { toolChoice: { tool: { name: choice['name'] } } };
  const name = CHOICES[stringOf(choice?.['type']) ?? ''];
  return name === undefined ? {} : { toolChoice: { [name]: {} } };
}

function formerTools(messages: readonly ChatMessage[]): JsonObject | undefined {
  const calls = messages.flatMap((message) => [
    ...(message.tool_calls ?? []).map((call) => objectOf(call.function)['name']),
    objectOf(message['function_call'])['name'],
  ]);
  const names = new Set(calls.filter((name) => typeof name === 'string'));
  if (names.size === 0) return undefined;
  const inputSchema = { json: { type: 'object', properties: {} } };
  const description = 'No longer available.';
  return { tools: [...names].map((name) => ({ toolSpec: { name, description, inputSchema } })) };
}
