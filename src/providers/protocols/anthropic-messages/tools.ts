import type { ChatRequest, ChatTool, FunctionTool, ToolChoice } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import { isExpressible, toKnownSchema } from './schema.js';
import { isWebSearchTool } from '../../search/wish.js';
import { impliedWebSearch } from '../web-search.js';
import { nativeWebSearch } from './web-search-tool.js';

/** Tools of the Messages API itself carry the date of their version in their type. */
const NATIVE_TYPE = /_\d{8}$|^mcp_toolset$/;

/** Tools that run another model, whose tokens the answer tells apart and nobody would bill. */
const OF_ANOTHER_MODEL = /^advisor_/;

/** What the request says of tools, in native form; empty where it has none. */
export interface NativeTools {
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: JsonObject;
}

/** Whether a tool can be sent: a function, a web search or one of the API's own. */
export function isSupportedTool(tool: ChatTool): boolean {
  if (isFunction(tool) || isWebSearchTool(tool)) return true;
  return NATIVE_TYPE.test(tool.type) && !OF_ANOTHER_MODEL.test(tool.type);
}

/** Whether the model has to call a tool; undefined for a choice that nobody knows. */
export function isForced(choice: ToolChoice | undefined): boolean | undefined {
  if (choice === undefined || choice === 'none' || choice === 'auto') return false;
  if (choice === 'required') return true;
  if (choice.type === 'function') return true;
  return choice.type === 'allowed_tools' ? choice.allowed_tools.mode === 'required' : undefined;
}

/** The tools and the choice among them. A choice without tools is left out: the API refuses it. */
export function toNativeTools(request: ChatRequest, target: Target): NativeTools {
  const all = [...allowedTools(request), ...impliedWebSearch(request)];
  if (all.length === 0) return {};
  const tools = all.map((tool) => nativeTool(tool as ChatTool, target));
  const choice = nativeChoice(request.tool_choice, request.parallel_tool_calls === false);
  return choice ? { tools, tool_choice: choice } : { tools };
}

function isFunction(tool: ChatTool): tool is FunctionTool {
  return tool.type === 'function';
}

/** `allowed_tools` has no counterpart; the other tools are left out, which means the same. */
function allowedTools(request: ChatRequest): readonly ChatTool[] {
  const { tool_choice: choice, tools = [] } = request;
  if (typeof choice !== 'object' || choice.type !== 'allowed_tools') return tools;
  const allowed = new Set(choice.allowed_tools.tools.map(nameOf));
  return tools.filter((tool) => allowed.has(nameOf(tool)));
}

function nameOf(tool: JsonObject): string | undefined {
  return (
    stringOf(objectOf(tool['function'])['name']) ?? stringOf(tool['name']) ?? stringOf(tool['type'])
  );
}

function nativeTool(tool: ChatTool, target: Target): JsonObject {
  if (isFunction(tool)) return nativeFunction(tool, target);
  return isWebSearchTool(tool) ? nativeWebSearch(tool) : tool;
}

/**
 * A strict function keeps its promise where the model knows strict tools and the schema can be held to; else it is
 * sent with its whole schema, not strict.
 */
function nativeFunction(tool: FunctionTool, target: Target): JsonObject {
  const { type: _type, function: declared, ...beside } = tool;
  const { parameters, strict, ...named } = objectOf(declared);
  const schema: JsonObject = { type: 'object', ...objectOf(parameters ?? { properties: {} }) };
  const holds =
    strict === true && target.offer.capabilities.jsonSchema === true && isExpressible(schema);
  return {
    ...beside,
    ...withoutNulls(named),
    input_schema: holds ? toKnownSchema(schema) : schema,
    ...(holds ? { strict } : {}),
  };
}

function withoutNulls(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function nativeChoice(choice: ToolChoice | undefined, onlyOne: boolean): JsonObject | undefined {
  if (choice === 'none') return { type: 'none' };
  const parallel = onlyOne ? { disable_parallel_tool_use: true } : {};
  if (typeof choice === 'object' && choice.type === 'function') {
    return { type: 'tool', name: objectOf(choice.function)['name'], ...parallel };
  }
  if (isForced(choice)) return { type: 'any', ...parallel };
  return choice === undefined && !onlyOne ? undefined : { type: 'auto', ...parallel };
}
