import { checkAnthropic } from './anthropic-checks.js';
import { anthropicFrames, anthropicWhole } from './anthropic-reply.js';
import { parseDirectives, type Directives } from './directives.js';
import { arrayAt, isObject, numberAt, objectAt, stringAt, type JsonObject } from './json-read.js';
import { lastUserText } from './reply.js';
import type {
  Dialect,
  Message,
  ResponseFormat,
  SandboxRequest,
  Target,
  ToolChoice,
} from './types.js';

const USUAL_THINKING_TOKENS = 8;

/** Anthropic Messages. */
export const anthropic: Dialect = {
  protocol: 'anthropic',
  parse,
  check: checkAnthropic,
  whole: anthropicWhole,
  frames: anthropicFrames,
};

function parse(body: JsonObject, target: Target): SandboxRequest {
  const system: Message = { role: 'system', text: textOf(body.system) };
  const turns = arrayAt(body, 'messages').flatMap(toMessages);
  return {
    model: target.model ?? stringAt(body, 'model') ?? '',
    stream: body.stream === true,
    includeUsage: true,
    messages: system.text === '' ? turns : [system, ...turns],
    tools: arrayAt(body, 'tools').map((tool) => ({
      name: stringAt(tool, 'name') ?? '',
      schema: isObject(tool) ? tool.input_schema : undefined,
    })),
    toolChoice: toToolChoice(objectAt(body, 'tool_choice')),
    parallelTools: objectAt(body, 'tool_choice')?.disable_parallel_tool_use !== true,
    responseFormat: toFormat(body),
    maxTokens: numberAt(body, 'max_tokens'),
    n: 1,
    stop: arrayAt(body, 'stop_sequences').filter((stop) => typeof stop === 'string'),
    directives: withThinking(body, parseDirectives(lastUserText(turns))),
  };
}

/** A caller who switches thinking on gets to see some, also without a directive. */
function withThinking(body: JsonObject, directives: Directives): Directives {
  const mode = objectAt(body, 'thinking')?.type;
  if (mode !== 'enabled' && mode !== 'adaptive') return directives;
  return { reasoning: USUAL_THINKING_TOKENS, ...directives };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block: unknown) => stringAt(block, 'text') ?? '').join('');
}

/** A user turn may carry tool results besides text; they become messages of their own. */
function toMessages(message: unknown): Message[] {
  if (!isObject(message)) return [];
  const role = message.role === 'assistant' ? 'assistant' : 'user';
  const blocks = arrayAt(message, 'content');
  const results = blocks
    .filter((block) => stringAt(block, 'type') === 'tool_result')
    .map((block): Message => ({
      role: 'tool',
      text: isObject(block) ? textOf(block.content) : '',
    }));
  const text = textOf(message.content);
  return results.length > 0 && text === '' ? results : [...results, { role, text }];
}

function toToolChoice(choice: JsonObject | undefined): ToolChoice {
  const name = stringAt(choice, 'name');
  if (choice?.type === 'tool' && name !== undefined) return { mode: 'named', name };
  if (choice?.type === 'any') return { mode: 'required' };
  return { mode: choice?.type === 'none' ? 'none' : 'auto' };
}

function toFormat(body: JsonObject): ResponseFormat | undefined {
  const format =
    objectAt(objectAt(body, 'output_config'), 'format') ?? objectAt(body, 'output_format');
  return format?.type === 'json_schema'
    ? { kind: 'json_schema', schema: format.schema }
    : undefined;
}
