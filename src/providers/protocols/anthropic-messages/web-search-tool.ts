import type { ChatRequest } from '../../../core/chat.js';
import { isObject, objectOf, type JsonObject } from '../json.js';

/** What OpenAI's chat API and its Responses API call a search of the web. */
const NAMES: ReadonlySet<string> = new Set(['web_search', 'web_search_preview']);

export function isWebSearch(tool: { readonly type: string }): boolean {
  return NAMES.has(tool.type);
}

/** Whether a request asks for web search, in any of the ways that it can. */
export function wantsWebSearch(request: ChatRequest): boolean {
  if (request['web_search'] === true || isObject(request['web_search_options'])) return true;
  return (request.tools ?? []).some(isWebSearch);
}

/** `web_search: true` and `web_search_options` as the tool that they stand for. */
export function impliedWebSearch(request: ChatRequest): JsonObject[] {
  const options = request['web_search_options'];
  if ((request.tools ?? []).some(isWebSearch)) return [];
  if (isObject(options)) return [{ ...options, type: 'web_search' }];
  return request['web_search'] === true ? [{ type: 'web_search' }] : [];
}

/**
 * The web search of the Messages API. The size of the search context has no counterpart there and is left out.
 * Source: docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool.
 */
export function nativeWebSearch(tool: JsonObject): JsonObject {
  const {
    type: _type,
    search_context_size: _size,
    user_location: location,
    filters,
    ...rest
  } = tool;
  const domains = objectOf(filters)['allowed_domains'];
  return {
    ...rest,
    type: 'web_search_20250305',
    name: 'web_search',
    ...(isObject(location) ? { user_location: nativeLocation(location) } : {}),
    ...(Array.isArray(domains) ? { allowed_domains: domains } : {}),
  };
}

/** OpenAI's chat API puts the place under `approximate`, its Responses API beside the type, as here. */
function nativeLocation(location: JsonObject): JsonObject {
  const { approximate, ...rest } = location;
  return { ...rest, ...objectOf(approximate), type: 'approximate' };
}
