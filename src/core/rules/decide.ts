import type { ErrorCode } from '../errors.js';
import type { RuleKind, RuleScope } from './rule.js';
import type { Bounds, RuleLevel } from './rule-set.js';
import type { OfferSubject } from './rule-test.js';

/** What is asked about: the address that a call comes from, or an offer that it may go to. */
export type Subject =
  { readonly address: string } | ({ readonly address?: undefined } & OfferSubject);

export interface RuleRefusal {
  readonly allowed: false;
  readonly code: Extract<
    ErrorCode,
    'model_not_allowed' | 'provider_not_allowed' | 'ip_not_allowed'
  >;
  /** Whose rules refuse. */
  readonly level: { readonly scope: RuleScope; readonly scopeId: string };
  /** The rule that denies; the first of those that allow, where none of them holds. */
  readonly ruleId: string;
  readonly reason: string;
}

export type Decision = { readonly allowed: true } | RuleRefusal;

export const ALLOWED: Decision = { allowed: true };

const CODES: Readonly<Record<RuleKind, RuleRefusal['code']>> = {
  ip: 'ip_not_allowed',
  provider: 'provider_not_allowed',
  model: 'model_not_allowed',
  pricing: 'model_not_allowed',
  price_ceiling: 'model_not_allowed',
};

/**
 * Whether rules let a call through: at every level no deny holds, and of each kind that has allows at least one holds.
 * So a level can only take away, and what stands below another never has more than that.
 */
export function decide(levels: readonly RuleLevel[], subject: Subject): Decision {
  for (const level of levels) {
    const refusal =
      subject.address === undefined
        ? refusalBy(level.offerBounds, subject)
        : refusalBy(level.addressBounds, subject.address);
    if (refusal) {
      const { scope, scopeId } = level;
      return { allowed: false, level: { scope, scopeId }, ...refusal };
    }
  }
  return ALLOWED;
}

function refusalBy<S>(
  bounds: readonly Bounds<S>[],
  subject: S,
): Omit<RuleRefusal, 'allowed' | 'level'> | undefined {
  for (const { kind, denies, allows } of bounds) {
    const isAllowed = allows.length === 0 || allows.some((allow) => allow.holdsFor(subject));
    const against =
      denies.find((deny) => deny.holdsFor(subject)) ?? (isAllowed ? undefined : allows[0]);
    if (against)
      return { code: CODES[kind], ruleId: against.ruleId, reason: against.reasonFor(subject) };
  }
  return undefined;
}

/** The level that refuses, in words that name nobody. `keyId`: whose call it is. */
export function levelInWords({ level }: RuleRefusal, keyId: string | undefined): string {
  if (level.scope !== 'api_key') return `the ${level.scope}`;
  return level.scopeId === keyId ? 'the key' : 'a key above the key';
}
