import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import type { JsonObject } from '../json.js';
import type { UpstreamRequest } from '../protocol.js';
import { untranslated } from '../untranslated.js';
import { toNativeMessages } from './messages.js';
import { nativeFormat } from './output-format.js';
import { TRANSLATED } from './parameters.js';
import { planThinking } from './thinking.js';
import { toNativeTools } from './tools.js';

/** The smallest and the largest share of the probability that may be asked for by `p`. */
const LEAST_P = 0.01;
const MOST_P = 0.99;

/**
 * A request of Cohere's Chat API.
 * @throws GatewayError invalid_parameter naming the field of a message that cannot be carried
 */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  const format = nativeFormat(request.response_format);
  const thinking = planThinking(request, target);
  const body: JsonObject = {
    ...untranslated(request, TRANSLATED),
    model: target.offer.upstreamModel,
    messages: toNativeMessages(request.messages),
    ...toNativeTools(request),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(request.top_p === undefined ? {} : { p: shareOf(request.top_p) }),
    ...(request.stop === undefined ? {} : { stop_sequences: [request.stop].flat() }),
    ...(format ? { response_format: format } : {}),
    ...(thinking ? { thinking } : {}),
  };
  return { path: '/v2/chat', body };
}

/** OpenAI takes 0 and 1 as well; the nearest share says the same. */
function shareOf(topP: number): number {
  return Math.min(Math.max(topP, LEAST_P), MOST_P);
}
