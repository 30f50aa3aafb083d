import type { ChatRequest } from '../../../core/chat.js';
import { ownEntry } from '../../../core/own-entry.js';
import type { Target } from '../../../core/target.js';
import { wishOf, type Wish } from '../anthropic-messages/thinking.js';
import type { JsonObject } from '../json.js';

/** Tokens to think for the efforts below the model's own measure, which is the highest. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1_024, low: 2_048, medium: 8_192 };
/** The part of max_tokens that thinking may use up. */
const LARGEST_SHARE = 0.8;

/**
 * `thinking` as the client wishes it; undefined where it says nothing, says it in Cohere's own words, or wants no
 * thoughts of a model that has none. Source: docs.cohere.com/docs/reasoning.
 */
export function planThinking(request: ChatRequest, target: Target): JsonObject | undefined {
  const wish = wishOf(request);
  if (wish.kind === 'unset' || request['thinking'] !== undefined) return undefined;
  if (wish.kind === 'off')
    return target.offer.capabilities.reasoning === false ? undefined : { type: 'disabled' };
  const budget = budgetOf(wish);
  const room = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  if (budget === undefined) return { type: 'enabled' };
  return {
    type: 'enabled',
    token_budget: Math.min(budget, Math.max(1, Math.floor(room * LARGEST_SHARE))),
  };
}

/** Whether the model can think as the client wishes. */
export function isSupportedWish(request: ChatRequest, { offer }: Target): boolean {
  const { kind } = wishOf(request);
  return kind === 'unset' || kind === 'off' || offer.capabilities.reasoning !== false;
}

function budgetOf(wish: Wish): number | undefined {
  if (wish.kind === 'tokens') return wish.tokens;
  return wish.kind === 'effort' ? ownEntry(BUDGETS, wish.effort) : undefined;
}
