import type { AttemptCost, CallIdentity, ServedBy } from '../billing/index.js';
import { formatMultiplier } from '../core/money.js';
import type { PriceVersion } from '../core/price.js';
import { plainText } from '../core/text.js';
import type { Usage } from '../core/usage.js';
import type { Plan, Resolution } from '../providers/index.js';
import type { Call } from './call.js';
import { settle } from './settlement.js';

/** More of a text that came from outside is not recorded, characters. */
export const MAX_TEXT = 256;

/** Who called and what for, as the journal has it. `resolution`: undefined where no target was found. */
export function identityOf(call: Call, resolution: Resolution | undefined): CallIdentity {
  const { principal, context } = call;
  return {
    organization: principal.organizationId,
    project: principal.projectId,
    key: principal.apiKeyId,
    member: principal.memberId,
    multiplier: formatMultiplier(principal.planMultiplier),
    endpoint: call.endpoint,
    stream: call.request.stream === true,
    requestedModel: plainText(call.request.model, MAX_TEXT),
    requestedProvider:
      resolution?.modelName.kind === 'pinned' ? resolution.modelName.provider.id : null,
    source: context.source,
    session: context.sessionId,
    clientRequestId: context.clientRequestId,
    tags: context.tags,
    startedAt: call.startedAt,
  };
}

/** With which credential the provider can be asked later what the call cost; undefined where it cannot. */
export function askedLater({ target }: Plan): string | undefined {
  return target.provider.callReport === undefined ? undefined : target.credential.id;
}

/** A price version belongs to one offer, so what served a call is the same for all calls at that version. */
const SERVED = new WeakMap<PriceVersion, ServedBy>();

export function servedBy({ target }: Plan): ServedBy {
  const known = SERVED.get(target.price);
  if (known) return known;
  const served = {
    model: target.offer.modelId,
    offer: target.offer.id,
    provider: target.provider.id,
    priceVersion: target.price.id,
    upstreamModel: target.offer.upstreamModel,
  };
  SERVED.set(target.price, served);
  return served;
}

/** What a failed attempt cost us; undefined where that is nothing, or nobody knows, or the key is the organization's. */
export function attemptCost(
  { target }: Pick<Plan, 'target'>,
  usage: Usage | undefined,
  { principal, startedAt }: Pick<Call, 'principal' | 'startedAt'>,
): AttemptCost | undefined {
  if (usage === undefined || target.credential.owner !== 'platform') return undefined;
  const { providerCost: cost } = settle(usage, 'final', target, principal, startedAt).charge;
  if (cost === '0') return undefined;
  return { provider: target.provider.id, model: target.offer.modelId, cost };
}
