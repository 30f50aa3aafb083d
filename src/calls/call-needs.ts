import { estimateHold, piecesOf, type CallNeeds, type CallSubject } from '../billing/index.js';
import { costOf, ONE } from '../core/money.js';
import { isFree, type PriceVersion } from '../core/price.js';
import type { Plan } from '../providers/index.js';
import type { Call } from './call.js';
import { inputBounds } from './input-estimate.js';
import { inputSizeOf, type InputSize } from './input-size.js';
import { untouchedMeters } from './touched-meters.js';
import { amountFor } from './web-search/quote.js';

/** Whom a call is admitted for, and the most that it can use at any of its plans. */
export interface CallDemand {
  readonly subject: CallSubject;
  readonly needs: CallNeeds;
}

/**
 * What has to be set aside for a call. `outputCap` is taken for the length of an answer that neither the request nor
 * the offer bounds more closely.
 * @throws GatewayError model_not_priced
 */
export function demandOf(call: Call, plans: readonly Plan[], outputCap: number): CallDemand {
  const size = inputSizeOf(call.request);
  let credit = 0n;
  let budget = 0n;
  let tokens = 0;
  let isFreeModel = true;
  let isCharged = false;
  let before: Plan['target'] | undefined;
  for (const plan of plans) {
    const { target } = plan;
    const isPlatform = target.credential.owner === 'platform';
    // Of an offer there may be a plan for each credential.
    if (before?.offer === target.offer && (before.credential.owner === 'platform') === isPlatform)
      continue;
    before = target;
    const use = useOf(call, size, plan, outputCap);
    if (isPlatform && use.cost > credit) credit = use.cost;
    if (use.cost > budget) budget = use.cost;
    if (use.tokens > tokens) tokens = use.tokens;
    isFreeModel &&= isFree(target.price) && !(use.searches > 0n);
    isCharged ||= isPlatform;
  }
  return {
    subject: {
      principal: call.principal,
      tags: call.context.tags,
      isFree: isFreeModel,
      isCharged,
    },
    needs: { credit, budget, tokens: piecesOf(tokens) },
  };
}

function useOf(
  { request, principal, startedAt }: Call,
  size: InputSize,
  plan: Plan,
  outputCap: number,
): { readonly cost: bigint; readonly searches: bigint; readonly tokens: number } {
  const { target, search } = plan;
  const injected = search?.mode === 'injected' ? search : undefined;
  const sent = inputBounds(injected ? inputSizeOf(plan.request) : size, target);
  const tokens = sent.tokens + (injected ? amountFor(injected.wish).bytes : 0);
  const maxOutputTokens = outputTokensHigh(plan, outputCap);
  const n = request.n ?? 1;
  const bounds = {
    inputTokensHigh: tokens,
    mediaTokensHigh: sent.mediaTokens,
    maxOutputTokens,
    n,
    webSearches: pricesSearches(target.price) ? sent.searches : 0,
    at: startedAt,
    excludedMeters: untouchedMeters(request, target.offer),
    serviceTier: plan.request.service_tier,
    searchContextSize: search?.mode === 'native' ? search.wish.contextSize : undefined,
  };
  const multiplier = target.credential.owner === 'platform' ? principal.planMultiplier : ONE;
  const prices = injected?.targets.map(({ pricePerMillion }) => pricePerMillion) ?? [];
  const dearest = prices.reduce((most, price) => (price > most ? price : most), 0n);
  const searchCost = costOf(1, dearest, multiplier);
  return {
    cost: estimateHold(bounds, target.price, multiplier) + searchCost,
    searches: searchCost,
    tokens: tokens + maxOutputTokens * n,
  };
}

/** As many tokens as the answer can have; without a limit as many as it is likely to have, beside those to think with. */
function outputTokensHigh({ request, protocol, target }: Plan, outputCap: number): number {
  const room = protocol.outputRoom?.(request, target);
  const limit = room?.limit ?? request.max_completion_tokens ?? request.max_tokens;
  if (limit !== undefined) return limit;
  const likely = outputCap + (room?.thinking ?? 0);
  return Math.min(target.offer.maxOutputTokens ?? likely, likely);
}

function pricesSearches({ components }: PriceVersion): boolean {
  return components.some(({ meter }) => meter === 'web_search');
}
