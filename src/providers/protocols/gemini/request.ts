import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import type { JsonObject } from '../json.js';
import type { UpstreamRequest } from '../protocol.js';
import { conversation } from './contents.js';
import { generationConfig } from './generation-config.js';
import { toolFields } from './tools.js';

/** Gemini's own top-level fields that a client may send as they are, by either spelling. */
const OWN_FIELDS: readonly (readonly [camel: string, snake: string])[] = [
  ['safetySettings', 'safety_settings'],
  ['cachedContent', 'cached_content'],
  ['labels', 'labels'],
];

/** OpenAI's names of the tiers that have to be asked for; any other means the usual one. */
const SERVICE_TIERS: ReadonlyMap<string, string> = new Map([
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

/**
 * A chat request as generateContent, or streamGenerateContent with server-sent events.
 * Source: ai.google.dev/api/generate-content.
 * @throws GatewayError invalid_parameter naming the field, for content that Gemini cannot take
 */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const { upstreamModel } = target.offer;
  const config = generationConfig(request, upstreamModel);
  const body: JsonObject = {
    ...conversation(request.messages, upstreamModel),
    ...toolFields(request, target),
    ...ownFields(request),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
  };
  return { path: pathOf(upstreamModel, request.stream === true), body };
}

function pathOf(upstreamModel: string, isStream: boolean): string {
  const resource = upstreamModel.includes('/') ? upstreamModel : `models/${upstreamModel}`;
  return `/${resource}:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
}

function ownFields(request: ChatRequest): JsonObject {
  const fields: JsonObject = {};
  for (const [camel, snake] of OWN_FIELDS) {
    const value = request[camel] ?? request[snake];
    if (value !== undefined) fields[camel] = value;
  }
  const tier = SERVICE_TIERS.get(request.service_tier ?? '');
  return tier === undefined ? fields : { ...fields, serviceTier: tier };
}
