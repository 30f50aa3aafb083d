import type { ChatRequest, ReasoningEffort } from '../../../core/chat.js';
import type { JsonObject } from '../json.js';
import {
  THINKING_LEVELS,
  thinkingControl,
  type ThinkingControl,
  type ThinkingLevel,
} from './model-family.js';

/** Tokens of thought for an effort, before the bounds of the model. */
const BUDGET: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
};

const LEVEL: Readonly<Record<ReasoningEffort, ThinkingLevel>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
};

/** What a request says about reasoning; `off` for effort none, a budget of 0 and `enabled: false`. */
type Wish =
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'off' }
  | { readonly kind: 'on' }
  | { readonly kind: 'budget'; readonly tokens: number }
  | { readonly kind: 'effort'; readonly effort: ReasoningEffort };

function wishOf(request: ChatRequest): Wish {
  const effort = request.reasoning_effort ?? request.reasoning?.effort;
  const tokens = request.reasoning?.max_tokens;
  if (effort === undefined && request.reasoning === undefined) return { kind: 'unsaid' };
  const isOff = effort === 'none' || tokens === 0 || request.reasoning?.['enabled'] === false;
  if (isOff) return { kind: 'off' };
  if (typeof tokens === 'number') return { kind: 'budget', tokens };
  return effort === undefined ? { kind: 'on' } : { kind: 'effort', effort };
}

/** The parameter that asks for more or less reasoning than the model can be told, if one does. */
export function unsupportedReasoning(
  request: ChatRequest,
  upstreamModel: string,
): string | undefined {
  const wish = wishOf(request);
  const control = thinkingControl(upstreamModel);
  const canBeOff = control.kind === 'none' || (control.kind === 'budget' && control.canBeOff);
  const isHonoured =
    wish.kind === 'unsaid' || (wish.kind === 'off' ? canBeOff : control.kind !== 'none');
  if (isHonoured) return undefined;
  return request.reasoning_effort === undefined ? 'reasoning' : 'reasoning_effort';
}

/** `thinkingConfig` for what the request says about reasoning; thoughts are asked for whenever reasoning is. */
export function thinkingConfig(
  request: ChatRequest,
  upstreamModel: string,
): JsonObject | undefined {
  const wish = wishOf(request);
  const control = thinkingControl(upstreamModel);
  if (wish.kind === 'unsaid' || control.kind === 'none') return undefined;
  if (wish.kind === 'off') return control.kind === 'budget' ? { thinkingBudget: 0 } : undefined;
  return { includeThoughts: request.reasoning?.['exclude'] !== true, ...amount(wish, control) };
}

function amount(wish: Wish, control: ThinkingControl): JsonObject {
  if (wish.kind === 'budget') return { thinkingBudget: within(wish.tokens, control) };
  if (wish.kind !== 'effort') return {};
  if (control.kind === 'level')
    return { thinkingLevel: nearestLevel(LEVEL[wish.effort], control.levels) };
  return { thinkingBudget: within(BUDGET[wish.effort], control) };
}

/** Third-generation models take a budget too, with bounds that are not published. */
function within(tokens: number, control: ThinkingControl): number {
  if (control.kind !== 'budget') return tokens;
  return Math.min(Math.max(tokens, control.minimum), control.maximum);
}

/** The level itself, or the next higher one that the model has. */
function nearestLevel(wanted: ThinkingLevel, levels: readonly ThinkingLevel[]): ThinkingLevel {
  const rank = THINKING_LEVELS.indexOf(wanted);
  return levels.find((level) => THINKING_LEVELS.indexOf(level) >= rank) ?? 'high';
}
