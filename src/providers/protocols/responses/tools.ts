import type { ChatRequest, ChatTool, FunctionTool, ToolChoice } from '../../../core/chat.js';
import type { Quirks } from '../../../core/provider.js';
import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';
import { isWebSearchTool } from '../../search/wish.js';
import { approximateLocation, impliedWebSearch } from '../web-search.js';

const NO_PARAMETERS = { type: 'object', properties: {} };

/** Whether a tool can be sent: what else the API can do has a price of its own, which nobody would bill. */
export function isSupportedTool(tool: ChatTool): boolean {
  return tool.type === 'function' || isWebSearchTool(tool);
}

/** The kinds of choices that the dialect has. */
const CHOICES: ReadonlySet<string> = new Set([
  'none',
  'auto',
  'required',
  'function',
  'allowed_tools',
]);

/** Whether a choice among tools is known to the provider. */
export function isSupportedChoice(choice: ToolChoice | undefined, quirks: Quirks): boolean {
  if (choice === undefined) return true;
  const kind = typeof choice === 'string' ? choice : choice.type;
  return quirks.toolChoices?.some((known) => known === kind) ?? CHOICES.has(kind);
}

/**
 * The tools, the choice among them, and how often the API may use its own. Functions are strict there unless they say
 * that they are not.
 */
export function toNativeTools(request: ChatRequest, quirks: Quirks): JsonObject {
  const all = [...(request.tools ?? []), ...impliedWebSearch(request)] as ChatTool[];
  if (all.length === 0) return {};
  const choice = nativeChoice(request.tool_choice);
  const most = all.filter(isWebSearchTool).map((tool) => tool['max_uses'])[0];
  return {
    tools: all.map((tool) => nativeTool(tool, quirks)),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(typeof most === 'number' ? { max_tool_calls: most } : {}),
  };
}

function nativeTool(tool: ChatTool, quirks: Quirks): JsonObject {
  if (isWebSearchTool(tool)) return nativeSearch(tool, quirks);
  const { type, function: declared, ...beside } = tool as FunctionTool;
  return {
    ...beside,
    ...declared,
    type,
    parameters: declared.parameters ?? NO_PARAMETERS,
    strict: declared.strict ?? false,
  };
}

/** Hosts are named in filters, also where they were named beside them, as in Anthropic's tool. */
function nativeSearch(tool: JsonObject, { blockedHostsField }: Quirks): JsonObject {
  const {
    max_uses: _most,
    user_location: location,
    filters,
    allowed_domains: allowed,
    blocked_domains: blocked,
    ...rest
  } = tool;
  const { blocked_domains: filtered, ...others } = objectOf(filters);
  const left = blocked ?? filtered;
  const hosts = {
    ...others,
    ...(allowed === undefined ? {} : { allowed_domains: allowed }),
    ...(left === undefined ? {} : { [blockedHostsField ?? 'blocked_domains']: left }),
  };
  return {
    ...rest,
    type: 'web_search',
    ...(Object.keys(hosts).length > 0 ? { filters: hosts } : {}),
    ...(isObject(location) ? { user_location: approximateLocation(location) } : {}),
  };
}

function nativeChoice(choice: ToolChoice | undefined): unknown {
  if (typeof choice !== 'object') return choice;
  if (choice.type === 'function') return { type: 'function', name: choice.function.name };
  const { mode, tools } = choice.allowed_tools;
  return { type: 'allowed_tools', mode, tools: tools.map(nativeName) };
}

function nativeName(tool: JsonObject): JsonObject {
  const name = stringOf(objectOf(tool['function'])['name']);
  return name === undefined ? tool : { type: 'function', name };
}
