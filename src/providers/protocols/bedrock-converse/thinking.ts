import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { planThinking, wishOf, type Wish } from '../anthropic-messages/thinking.js';
import type { JsonObject } from '../json.js';
import { familyOf } from './model-family.js';

/** What thinking adds to a request. */
export interface ThinkingPart {
  /** For the model itself. */
  readonly fields: JsonObject;
  /** Undefined: the model's own limit. */
  readonly maxTokens: number | undefined;
}

/** Nova at its highest effort decides on these by itself. */
const HIGHEST_NOVA_EFFORT = 'high';

/** What has the model think as the client wishes. */
export function planReasoning(request: ChatRequest, target: Target): ThinkingPart {
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  const family = familyOf(target);
  if (family === 'claude') return planClaude(request, target, maxTokens);
  const effort = effortOf(wishOf(request), target);
  if (effort === undefined) return { fields: {}, maxTokens };
  return {
    fields:
      family === 'nova' ? { reasoningConfig: novaConfig(effort) } : { reasoning_effort: effort },
    maxTokens,
  };
}

/** A budget needs the limit that it must stay below; else none is sent that the client did not ask for. */
function planClaude(request: ChatRequest, target: Target, asked: number | undefined): ThinkingPart {
  const { thinking, effort, maxTokens } = planThinking(request, target);
  const fields = {
    ...(thinking ? { thinking } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
  };
  const hasBudget = thinking?.['type'] === 'enabled';
  return { fields, maxTokens: asked !== undefined || hasBudget ? maxTokens : undefined };
}

/** Source: docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html. */
function novaConfig(effort: string): JsonObject {
  return effort === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: effort };
}

/** Whether a model that is not Claude can think as the client wishes. */
export function isSupportedWish(request: ChatRequest, target: Target): boolean {
  const wish = wishOf(request);
  if (wish.kind === 'unset' || effortOf(wish, target) !== undefined) return true;
  return wish.kind === 'off' && target.offer.capabilities.reasoning !== true;
}

/** Whether thinking takes temperature, top_p and the limit of tokens out of the client's hands. */
export function fixesSampling(request: ChatRequest, target: Target): boolean {
  return familyOf(target) === 'nova' && effortOf(wishOf(request), target) === HIGHEST_NOVA_EFFORT;
}

/** The name among the model's own efforts; undefined where it has none for the wish. */
function effortOf(wish: Wish, { offer }: Target): string | undefined {
  const known = offer.capabilities.reasoningEfforts ?? [];
  const candidates =
    wish.kind === 'off' ? ['none'] : wish.kind === 'effort' ? near(wish.effort) : [];
  return candidates.find((effort) => known.includes(effort));
}

function near(effort: string): readonly string[] {
  if (effort === 'minimal') return ['minimal', 'low'];
  return effort === 'xhigh' ? ['xhigh', 'max'] : [effort];
}
