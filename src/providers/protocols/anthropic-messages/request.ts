import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { calledModel, callPath } from '../call-path.js';
import { listOf, objectOf, type JsonObject } from '../json.js';
import type { UpstreamRequest } from '../protocol.js';
import { untranslated } from '../untranslated.js';
import { toConversation } from './messages.js';
import { formatInstruction, nativeFormat } from './output-format.js';
import { ownEntry } from '../../../core/own-entry.js';
import { TRANSLATED } from './parameters.js';
import { planThinking, type ThinkingPlan } from './thinking.js';
import { toNativeTools } from './tools.js';

/** `auto` may use capacity that was bought in advance, which is what OpenAI's `priority` means. */
const SERVICE_TIERS: Readonly<Record<string, string>> = {
  auto: 'auto',
  priority: 'auto',
  default: 'standard_only',
  standard_only: 'standard_only',
};

const BETA_NAME = /^[a-z0-9][a-z0-9._-]*$/i;

/**
 * A Messages request. Parameters that this API shares with OpenAI's or that are its own go as they are.
 * @throws GatewayError invalid_parameter naming the field of a message that cannot be carried.
 */
export function toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest {
  const conversation = toConversation(request.messages);
  const system = [...conversation.system, ...formatInstruction(request.response_format)];
  const plan = planThinking(request, target);
  const body: JsonObject = {
    ...passing(request),
    ...modelFields(target),
    max_tokens: plan.maxTokens,
    ...(system.length > 0 ? { system } : {}),
    messages: conversation.messages,
    ...toNativeTools(request, target),
    ...(plan.thinking ? { thinking: plan.thinking } : {}),
    ...outputConfig(request, plan),
    ...(request.stop === undefined ? {} : { stop_sequences: [request.stop].flat() }),
    ...(request.user === undefined ? {} : { metadata: { user_id: request.user } }),
    ...serviceTier(request),
  };
  const betas = betaNames(request);
  return {
    path: callPath(target, '/messages', request.stream === true),
    body,
    ...(betas.length > 0 ? { headers: { 'anthropic-beta': betas.join(',') } } : {}),
  };
}

/** Where the path names the model, the body says which version of the dialect it is in. */
function modelFields(target: Target): JsonObject {
  const version = target.provider.quirks?.anthropicVersion;
  return version === undefined ? { model: calledModel(target) } : { anthropic_version: version };
}

/** What passes. A top_p of 1 says nothing, and newer models refuse it beside a temperature. */
function passing(request: ChatRequest): JsonObject {
  const told = request.top_p === 1 ? { ...request, top_p: undefined } : request;
  return untranslated(told, TRANSLATED);
}

function outputConfig(request: ChatRequest, plan: ThinkingPlan): JsonObject {
  const format = nativeFormat(request.response_format);
  const config = {
    ...(plan.effort === undefined ? {} : { effort: plan.effort }),
    ...objectOf(request['output_config']),
    ...(format ? { format } : {}),
  };
  return Object.keys(config).length > 0 ? { output_config: config } : {};
}

function serviceTier(request: ChatRequest): JsonObject {
  const tier = ownEntry(SERVICE_TIERS, request.service_tier);
  return tier === undefined ? {} : { service_tier: tier };
}

/** Names of beta features that the client asks for by `betas`; the API takes them in a header. */
function betaNames(request: ChatRequest): string[] {
  return listOf(request['betas']).filter(
    (name): name is string => typeof name === 'string' && BETA_NAME.test(name),
  );
}
