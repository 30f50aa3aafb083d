import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isObject, type JsonObject } from '../json.js';
import { impliedWebSearch, isWebSearch, wantsWebSearch } from '../web-search.js';

/** Whether a model searches the web by itself. */
export function searchesItself({ offer, provider }: Target): boolean {
  return provider.quirks?.searchModels?.test(offer.upstreamModel) ?? false;
}

/**
 * Puts what a request says of web search into the form that models with a search of their own have in this dialect:
 * `web_search_options`, with what the tool would say. How often may be searched is not among it: they search once.
 * Changes the body.
 * Source: platform.openai.com/docs/guides/tools-web-search, "Chat Completions".
 */
export function writeSearchOptions(body: JsonObject, request: ChatRequest): void {
  delete body['web_search'];
  if (!wantsWebSearch(request)) return;
  const [tool = {}] = [...(request.tools ?? []).filter(isWebSearch), ...impliedWebSearch(request)];
  const { type: _type, max_uses: _most, user_location: location, ...rest } = tool;
  const options = isObject(location) ? { ...rest, user_location: nested(location) } : rest;
  const tools = (request.tools ?? []).filter((other) => !isWebSearch(other));
  body['web_search_options'] = options;
  if (tools.length > 0) body['tools'] = tools;
  else delete body['tools'];
}

/** Chat has the place under `approximate`, where the Responses API has it beside the type. */
function nested({ type, approximate, ...place }: JsonObject): JsonObject {
  return { type: type ?? 'approximate', approximate: isObject(approximate) ? approximate : place };
}
