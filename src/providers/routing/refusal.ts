import { GatewayError } from '../../core/errors.js';
import { levelInWords, type RuleRefusal } from '../../core/rules/decide.js';
import type { ModelName } from './model-name.js';

const MAX_REASONS = 8;

/** Why an offer was passed over; the first one names the error if none is left. */
export interface Refusal {
  readonly providerId: string;
  readonly reason: string;
  readonly kind: 'unpriced' | 'unsupported' | 'unfit' | 'unreachable';
  readonly param?: string;
  /** In place of the sentence that names `param` alone. */
  readonly message?: string;
}

/** An offer that the rules refuse. */
export interface RuledOut {
  readonly providerId: string;
  readonly refusal: RuleRefusal;
}

/** The error of a request that no offer can answer. */
export function refusalError(
  model: string,
  name: ModelName,
  refusals: readonly Refusal[],
): GatewayError {
  const of = (kind: Refusal['kind']): Refusal | undefined =>
    refusals.find((refusal) => refusal.kind === kind);
  const unsupported = of('unsupported');
  if (unsupported?.param) {
    const { param } = unsupported;
    const whom = name.kind === 'pinned' ? model : `any provider of ${model}`;
    const message = unsupported.message ?? `${param} is not supported by ${whom}.`;
    return new GatewayError('unsupported_parameter', { param, message });
  }
  if (of('unpriced'))
    return new GatewayError('model_not_priced', {
      param: 'model',
      message: `${model} has no price and cannot be billed.`,
    });
  const reasons = inOneText(refusals.map(({ providerId, reason }) => `${providerId}: ${reason}`));
  const message = `No provider is available for ${model}${reasons ? ` (${reasons})` : ''}.`;
  return new GatewayError('no_provider_available', { param: 'model', message });
}

/**
 * The error of a request that offers could answer, were it not for the rules of those above the key `keyId`. It names
 * the level, not who that is. provider_not_allowed where providers alone are the reason.
 */
export function ruledOutError(
  model: string,
  keyId: string,
  ruledOut: readonly RuledOut[],
): GatewayError {
  const isOfProviders = ruledOut.every(({ refusal }) => refusal.code === 'provider_not_allowed');
  const reasons = inOneText(
    ruledOut.map(
      ({ providerId, refusal }) =>
        `${providerId}: by the rules of ${levelInWords(refusal, keyId)} ${refusal.reason}`,
    ),
  );
  return new GatewayError(isOfProviders ? 'provider_not_allowed' : 'model_not_allowed', {
    param: 'model',
    message: `${model} is not allowed (${reasons}).`,
  });
}

function inOneText(reasons: readonly string[]): string {
  return [...new Set(reasons)].slice(0, MAX_REASONS).join('; ');
}
