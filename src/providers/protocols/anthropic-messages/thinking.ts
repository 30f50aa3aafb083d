import type { ChatRequest } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { countOf, isObject, stringOf, type JsonObject } from '../json.js';
import type { OutputRoom } from '../protocol.js';
import { generationOf, type Generation } from './generation.js';
import { ownEntry } from '../../../core/own-entry.js';
import { isInThoughtlessTurn } from './thinking-blocks.js';

/** What a client asks of the model's thinking, in whatever words. */
export type Wish =
  | { readonly kind: 'unset' }
  | { readonly kind: 'off' }
  | { readonly kind: 'effort'; readonly effort: string }
  | { readonly kind: 'tokens'; readonly tokens: number };

/** What goes into the request: the thinking, the effort of the whole answer, and the room for both. */
export interface ThinkingPlan {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  readonly maxTokens: number;
}

/** The least that the API takes as a budget, in tokens. */
const MIN_BUDGET = 1_024;
/** Room for the answer where neither the client nor the catalogue names one, in tokens. */
const DEFAULT_MAX_TOKENS = 4_096;
/** The part of max_tokens that thinking may use up. */
const LARGEST_SHARE = 0.8;

/** Tokens to think for each effort, on models that think by budget. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: MIN_BUDGET,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
};

const UNSET: Wish = { kind: 'unset' };
const OFF: Wish = { kind: 'off' };

/** Reads `reasoning_effort` and `reasoning {effort, max_tokens, enabled}`; the first one that says something holds. */
export function wishOf(request: ChatRequest): Wish {
  const { reasoning_effort: effort, reasoning } = request;
  if (effort !== undefined) return effortWish(effort);
  if (!isObject(reasoning)) return UNSET;
  const tokens = countOf(reasoning['max_tokens']);
  if (tokens !== undefined) return tokens === 0 ? OFF : { kind: 'tokens', tokens };
  const given = stringOf(reasoning['effort']);
  if (given !== undefined) return effortWish(given);
  if (reasoning['enabled'] === false) return OFF;
  return reasoning['enabled'] === true ? effortWish('medium') : UNSET;
}

function effortWish(effort: string): Wish {
  return effort === 'none' ? OFF : { kind: 'effort', effort };
}

/** Whether a plan has the model think. */
export function isThinking(plan: ThinkingPlan): boolean {
  const type = plan.thinking?.['type'];
  return type === 'enabled' || type === 'adaptive';
}

/**
 * Plans thinking and max_tokens (which includes it). A `thinking` of the client's own goes before its wish. Models up
 * to 4.5 get a budget below max_tokens, which is raised only if it leaves no room for the smallest budget; newer ones
 * an effort.
 */
export function planThinking(request: ChatRequest, target: Target): ThinkingPlan {
  const { offer } = target;
  const limit = offer.maxOutputTokens ?? Infinity;
  const asked = request.max_completion_tokens ?? request.max_tokens;
  const maxTokens = Math.min(asked ?? offer.maxOutputTokens ?? DEFAULT_MAX_TOKENS, limit);
  const native = request['thinking'];
  if (isObject(native)) return { thinking: native, maxTokens };
  const generation = generationOf(offer.upstreamModel);
  const wish = wishOf(request);
  if (wish.kind === 'unset' || generation.thinking === 'none') return { maxTokens };
  if (wish.kind === 'off') return { ...switchedOff(generation), maxTokens };
  if (generation.thinking === 'adaptive')
    return { ...adaptive(wish, generation, target), maxTokens };
  if (isInThoughtlessTurn(request.messages)) return { maxTokens };
  const room = asked === undefined && limit === Infinity ? maxTokens + budgetOf(wish) : maxTokens;
  // A budget in tokens is the client's word; one that was made of an effort leaves room for the answer.
  const share = wish.kind === 'tokens' ? room - 1 : Math.floor(room * LARGEST_SHARE);
  return withinBudget(Math.min(budgetOf(wish), share), room, limit);
}

/** What the planned request lets the model write; a limit that was too small to think in was raised. */
export function outputRoom(request: ChatRequest, target: Target): OutputRoom {
  const { thinking, maxTokens } = planThinking(request, target);
  const asked = request.max_completion_tokens ?? request.max_tokens;
  return {
    limit: asked === undefined ? undefined : maxTokens,
    thinking: countOf(thinking?.['budget_tokens']) ?? 0,
  };
}

function switchedOff(generation: Generation): { thinking?: JsonObject } {
  if (generation.off === 'omit' || generation.off === 'never') return {};
  return { thinking: { type: generation.off } };
}

function budgetOf(wish: Wish & { kind: 'effort' | 'tokens' }): number {
  const budget =
    wish.kind === 'tokens' ? wish.tokens : (ownEntry(BUDGETS, wish.effort) ?? MIN_BUDGET);
  return Math.max(MIN_BUDGET, budget);
}

function withinBudget(wanted: number, room: number, limit: number): ThinkingPlan {
  const budget = Math.max(MIN_BUDGET, wanted);
  const maxTokens = budget < room ? room : Math.min(room + budget, limit);
  if (budget >= maxTokens) return { maxTokens };
  return { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens };
}

function adaptive(
  wish: Wish & { kind: 'effort' | 'tokens' },
  generation: Generation,
  target: Target,
) {
  const effort = wish.kind === 'tokens' ? effortFor(wish.tokens) : wish.effort;
  const thinking = generation.hidesThoughts
    ? { type: 'adaptive', display: 'summarized' }
    : { type: 'adaptive' };
  return { thinking, effort: nativeEffort(effort, generation, target) };
}

/** The effort whose budget comes nearest from below: newer models take no number of tokens. */
function effortFor(tokens: number): string {
  const fitting = Object.keys(BUDGETS).filter((effort) => (BUDGETS[effort] ?? 0) <= tokens);
  return fitting.at(-1) ?? 'low';
}

function nativeEffort(effort: string, generation: Generation, target: Target): string {
  if (effort === 'minimal') return 'low';
  if (effort !== 'xhigh') return effort;
  const known = target.offer.capabilities.reasoningEfforts;
  return known && !known.includes('xhigh') ? 'max' : generation.highestEffort;
}
