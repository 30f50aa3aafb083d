import type { ChatRequest } from '../../core/chat.js';
import { isWebSearchTool, webSearchWishOf } from '../search/wish.js';
import { objectOf, type JsonObject } from './json.js';

/** What a request says of web search beside its tools, as the tool that it stands for. */
export function impliedWebSearch(request: ChatRequest): JsonObject[] {
  if (request.tools?.some(isWebSearchTool)) return [];
  const wish = webSearchWishOf(request);
  return wish ? [wish.tool] : [];
}

/** OpenAI's chat API puts the place under `approximate`, its Responses API beside the type, as here. */
export function approximateLocation(location: JsonObject): JsonObject {
  const { approximate, ...rest } = location;
  return { ...rest, ...objectOf(approximate), type: 'approximate' };
}
