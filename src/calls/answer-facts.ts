import { costBasisOf } from '../core/usage.js';
import type { Plan, Resolution } from '../providers/index.js';
import type { AnswerFacts, AnswerHeader, Call } from './call.js';
import type { CallAccount } from './call-account.writer.js';
import type { Settlement } from './settlement.js';
import type { WebSearchReport } from './web-search/outcome.js';

/** What can be said of an answer as soon as a target answers. */
export function answerHeader(call: Call, plan: Plan, account: CallAccount): AnswerHeader {
  return {
    callId: call.id,
    created: Math.floor(call.startedAt / 1_000),
    model: plan.target.offer.modelId,
    provider: plan.target.provider.id,
    rateLimits: account.rateLimits,
  };
}

/** Everything that the gateway adds to an answer. */
export function answerFacts(
  call: Call,
  plan: Plan,
  resolution: Resolution,
  account: CallAccount,
  settlement: Settlement,
): AnswerFacts {
  const { offer, provider } = plan.target;
  const { modelName } = resolution;
  const { callId, created, model, provider: providerId } = answerHeader(call, plan, account);
  return {
    callId,
    created,
    model,
    provider: providerId,
    rateLimits: account.rateLimits,
    usage: settlement.usage,
    costs: settlement.costs,
    metadata: {
      requested_model: call.request.model,
      requested_provider: modelName.kind === 'pinned' ? modelName.provider.id : null,
      used_model: offer.modelId,
      used_provider: provider.id,
      underlying_used_model: offer.upstreamModel,
      routing: { attempts: account.attempts },
      charged: settlement.charge.charged,
      dropped_params: plan.dropped,
      cost_basis: costBasisOf(settlement.charge.rank),
      web_search: plan.search && searchFact(settlement, account),
    },
  };
}

function searchFact({ usage }: Settlement, { search }: CallAccount): WebSearchReport {
  return search?.report ?? { mode: 'native', searches: usage.webSearches ?? 0 };
}
