import { directivesFromMetadata, parseDirectives } from './directives.js';
import { arrayAt, isObject, numberAt, objectAt, stringAt, type JsonObject } from './json-read.js';
import { openaiFrames, openaiWhole } from './openai-reply.js';
import { lastUserText } from './reply.js';
import type {
  Dialect,
  Message,
  Refusal,
  ResponseFormat,
  SandboxRequest,
  Target,
  ToolChoice,
  ToolSpec,
} from './types.js';

const MAX_CHOICES = 128;

/** OpenAI Chat Completions. */
export const openai: Dialect = {
  protocol: 'openai',
  parse,
  check,
  whole: openaiWhole,
  frames: openaiFrames,
};

function parse(body: JsonObject, target: Target): SandboxRequest {
  const messages = arrayAt(body, 'messages').map(toMessage);
  const stop = stringAt(body, 'stop');
  const n = numberAt(body, 'n') ?? 1;
  return {
    model: target.model ?? stringAt(body, 'model') ?? '',
    stream: body.stream === true,
    includeUsage: objectAt(body, 'stream_options')?.include_usage === true,
    messages,
    tools: arrayAt(body, 'tools').map(toTool),
    toolChoice: toToolChoice(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    responseFormat: toFormat(body),
    maxTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
    n: Math.min(Math.max(Math.trunc(n), 1), MAX_CHOICES),
    searches: isObject(body.web_search_options),
    stop: stop === undefined ? strings(arrayAt(body, 'stop')) : [stop],
    directives: {
      ...parseDirectives(lastUserText(messages)),
      ...directivesFromMetadata(body.metadata),
    },
  };
}

function strings(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

const ROLES: ReadonlyMap<string, Message['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
]);

function toMessage(message: unknown): Message {
  const role = ROLES.get(stringAt(message, 'role') ?? '') ?? 'user';
  const text = stringAt(message, 'content');
  if (text !== undefined) return { role, text };
  const parts = arrayAt(message, 'content').map((part) => stringAt(part, 'text') ?? '');
  return { role, text: parts.join('') };
}

function toTool(tool: unknown): ToolSpec {
  const declared = objectAt(tool, 'function');
  return { name: stringAt(declared, 'name') ?? '', schema: declared?.parameters };
}

function toToolChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return { mode: choice };
  const name = stringAt(objectAt(choice, 'function'), 'name');
  return name === undefined ? { mode: 'auto' } : { mode: 'named', name };
}

function toFormat(body: JsonObject): ResponseFormat | undefined {
  const format = objectAt(body, 'response_format');
  if (format?.type === 'json_object') return { kind: 'json_object' };
  if (format?.type !== 'json_schema') return undefined;
  return { kind: 'json_schema', schema: objectAt(format, 'json_schema')?.schema };
}

function check(body: JsonObject, request: SandboxRequest): Refusal | undefined {
  if (request.model === '') return invalid('you must provide a model parameter');
  const messages = body.messages;
  if (!Array.isArray(messages)) {
    return invalid(
      "Missing required parameter: 'messages'.",
      'messages',
      'missing_required_parameter',
    );
  }
  if (messages.length === 0) {
    const message = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
    return invalid(message, 'messages', 'empty_array');
  }
  if (request.maxTokens !== undefined && request.maxTokens < 1) {
    const message = "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1.";
    return invalid(message, 'max_tokens', 'integer_below_min_value');
  }
  return checkToolMessages(messages as unknown[]);
}

/** Every tool message answers a call of the assistant message before it, and every call is answered. */
function checkToolMessages(messages: readonly unknown[]): Refusal | undefined {
  let open = new Set<string>();
  let answerable = false;
  for (const [index, message] of messages.entries()) {
    if (isObject(message) && message.role === 'tool') {
      const id = stringAt(message, 'tool_call_id') ?? '';
      if (!answerable || !open.delete(id)) return strayToolMessage(index, answerable, id);
      continue;
    }
    if (open.size > 0) return unanswered(open);
    const calls = arrayAt(message, 'tool_calls');
    open = new Set(calls.map((call) => stringAt(call, 'id') ?? ''));
    answerable = calls.length > 0;
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function strayToolMessage(index: number, answerable: boolean, id: string): Refusal {
  const param = `messages.[${index}].${answerable ? 'tool_call_id' : 'role'}`;
  if (answerable) {
    return invalid(
      `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`,
      param,
    );
  }
  const rule =
    "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
  return invalid(`Invalid parameter: ${rule}`, param);
}

function unanswered(ids: ReadonlySet<string>): Refusal {
  const rule =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
  const missing = [...ids].join(', ');
  return invalid(
    `${rule} The following tool_call_ids did not have response messages: ${missing}`,
    'messages',
  );
}

function invalid(message: string, param?: string, code?: string): Refusal {
  return { status: 400, message, param, code };
}
