import type { ChatRequest, ChatTool } from '../../core/chat.js';
import { isObject, type JsonObject } from '../../core/json-object.js';

export const CONTEXT_SIZES = ['low', 'medium', 'high'] as const;
/** How much of what is found is read; OpenAI's `search_context_size`. */
export type SearchContextSize = (typeof CONTEXT_SIZES)[number];

/** About where who asks is, as far as told. */
export interface SearchPlace {
  /** Two letters, ISO 3166-1. */
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  /** Name of the IANA database. */
  readonly timezone?: string;
}

/** Hosts, each with those below it. */
export interface SearchDomains {
  /** Results of these alone; empty: of all. */
  readonly allowed: readonly string[];
  /** No results of these. */
  readonly blocked: readonly string[];
}

/** A search of the web that a request asks for, whichever of the three ways it takes. */
export interface WebSearchWish {
  readonly contextSize: SearchContextSize | undefined;
  readonly place: SearchPlace | undefined;
  readonly domains: SearchDomains;
  /** All that was said, as the tool that stands for it. */
  readonly tool: ChatTool;
  /** The field that asked for it. */
  readonly param: string;
}

/** What OpenAI's chat API and its Responses API call a search of the web. */
const TOOL_TYPES: ReadonlySet<string> = new Set(['web_search', 'web_search_preview']);
const PLACE_FIELDS = ['country', 'region', 'city', 'timezone'] as const;

/** Whether a tool is a search of the web, under one of OpenAI's names. */
export function isWebSearchTool(tool: { readonly type: string }): boolean {
  return TOOL_TYPES.has(tool.type);
}

/**
 * What a request wants of web search: `web_search: true`, `web_search_options` and the tool are one thing, and what
 * each of them says counts. Undefined where none of them is there.
 */
export function webSearchWishOf(request: ChatRequest): WebSearchWish | undefined {
  const options = request['web_search_options'];
  const at = request.tools?.findIndex(isWebSearchTool) ?? -1;
  if (at < 0 && !isObject(options) && request['web_search'] !== true) return undefined;
  const told: JsonObject = { ...(isObject(options) ? options : {}), ...request.tools?.[at] };
  // OpenAI has filters for it, Anthropic a field of the tool.
  const filters = isObject(told['filters']) ? told['filters'] : told;
  return {
    contextSize: CONTEXT_SIZES.find((size) => size === told['search_context_size']),
    place: placeOf(told['user_location']),
    domains: {
      allowed: textsOf(filters['allowed_domains']),
      blocked: textsOf(filters['blocked_domains']),
    },
    tool: { ...told, type: 'web_search' },
    param: at >= 0 ? `tools[${at}]` : isObject(options) ? 'web_search_options' : 'web_search',
  };
}

/** The request without a word of web search; the object itself where it has none. */
export function withoutWebSearch(request: ChatRequest): ChatRequest {
  const { web_search: _short, web_search_options: _options, ...rest } = request;
  const { tools } = request;
  if (!tools?.some(isWebSearchTool)) return rest;
  const others = tools.filter((tool) => !isWebSearchTool(tool));
  const { tools: _all, tool_choice: choice, ...untooled } = rest;
  if (others.length > 0) {
    const isOfSearch = typeof choice === 'object' && isWebSearchTool(choice);
    return {
      ...untooled,
      tools: others,
      ...(choice && !isOfSearch ? { tool_choice: choice } : {}),
    };
  }
  // A choice among no tools is refused by most providers.
  const { parallel_tool_calls: _parallel, ...bare } = untooled;
  return bare;
}

/** The request with its wish as a tool, and in no other way. */
export function searchingByTool(request: ChatRequest, { tool }: WebSearchWish): ChatRequest {
  const { web_search: _short, web_search_options: _options, ...rest } = request;
  return { ...rest, tools: [...(rest.tools ?? []).filter((one) => !isWebSearchTool(one)), tool] };
}

/**
 * The request with its wish as OpenAI's `web_search_options`, and in no other way; undefined where they cannot carry it.
 * They search once, so that a bound on the number of searches is kept without being told.
 * Source: OpenAI OpenAPI 2.3.0, CreateChatCompletionRequest.web_search_options.
 */
export function searchingByOptions(
  request: ChatRequest,
  { contextSize, place, domains }: WebSearchWish,
): ChatRequest | undefined {
  if (domains.allowed.length + domains.blocked.length > 0) return undefined;
  return {
    ...withoutWebSearch(request),
    web_search_options: {
      ...(contextSize === undefined ? {} : { search_context_size: contextSize }),
      ...(place ? { user_location: { type: 'approximate', approximate: place } } : {}),
    },
  };
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [];
}

/** OpenAI's chat API puts the place under `approximate`, its Responses API beside the type. */
function placeOf(location: unknown): SearchPlace | undefined {
  if (!isObject(location)) return undefined;
  const { approximate } = location;
  const fields: JsonObject = { ...location, ...(isObject(approximate) ? approximate : {}) };
  const told = PLACE_FIELDS.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  return told.length > 0 ? Object.fromEntries(told) : undefined;
}
