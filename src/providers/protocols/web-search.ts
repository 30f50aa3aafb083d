import type { ChatRequest } from '../../core/chat.js';
import { isObject, objectOf, type JsonObject } from './json.js';

/** What OpenAI's chat API and its Responses API call a search of the web. */
const NAMES: ReadonlySet<string> = new Set(['web_search', 'web_search_preview']);

/** Whether a tool is a search of the web by the provider. */
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

/** OpenAI's chat API puts the place under `approximate`, its Responses API beside the type, as here. */
export function approximateLocation(location: JsonObject): JsonObject {
  const { approximate, ...rest } = location;
  return { ...rest, ...objectOf(approximate), type: 'approximate' };
}
