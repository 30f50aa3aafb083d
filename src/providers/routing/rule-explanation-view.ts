import type { GatewayError } from '../../core/errors.js';
import type { Offer } from '../../core/offer.js';
import type { Decision } from '../../core/rules/decide.js';
import type { CallErrorView, OfferVerdictView, RuleLevelView } from './rule-explanation.dto.js';

/** The fields of a RuleVerdictView. */
interface Verdict {
  readonly allowed: boolean;
  readonly code: string | null;
  readonly level: RuleLevelView | null;
  readonly rule_id: string | null;
  readonly reason: string | null;
}

const LET_THROUGH: Verdict = {
  allowed: true,
  code: null,
  level: null,
  rule_id: null,
  reason: null,
};

/** A decision as the API shows it. */
export function verdictView(decision: Decision): Verdict {
  if (decision.allowed) return LET_THROUGH;
  const { code, level, ruleId, reason } = decision;
  return {
    allowed: false,
    code,
    level: { scope: level.scope, scope_id: level.scopeId },
    rule_id: ruleId,
    reason,
  };
}

/** The decision on an offer as the API shows it. */
export function offerVerdictView(offer: Offer, decision: Decision): OfferVerdictView {
  return {
    object: 'offer',
    id: offer.id,
    provider: offer.providerId,
    model: offer.modelId,
    ...verdictView(decision),
  };
}

/** An error as the client of a call would get it. */
export function errorView({ status, code, message, param }: GatewayError): CallErrorView {
  return { status, code, message, param };
}
