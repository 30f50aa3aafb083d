import { isObject, objectOf, type JsonObject } from '../json.js';
import { approximateLocation } from '../web-search.js';

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
  const { allowed_domains: allowed, blocked_domains: blocked } = objectOf(filters);
  return {
    ...rest,
    type: 'web_search_20250305',
    name: 'web_search',
    ...(isObject(location) ? { user_location: approximateLocation(location) } : {}),
    ...(Array.isArray(allowed) ? { allowed_domains: allowed } : {}),
    ...(Array.isArray(blocked) ? { blocked_domains: blocked } : {}),
  };
}
