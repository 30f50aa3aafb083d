import { isWithin, parseAddress, parseRange } from '../address-ranges.js';
import { isFree, type PriceVersion } from '../price.js';
import { excessOf } from './ceiling.js';
import { namesOneOf, type OfferNames } from './offer-names.js';
import {
  RULE_KINDS,
  type RuleEffect,
  type RuleKind,
  type RuleSubject,
  type StoredRule,
} from './rule.js';
import { parseSubject } from './subject.js';

/** An offer that a call may go to. */
export interface OfferSubject {
  readonly names: OfferNames;
  /** Its prices at the time of the call. */
  readonly price: PriceVersion | undefined;
  /** As the call asks for it. */
  readonly serviceTier: string | undefined;
}

/** A rule made ready to be asked. */
export interface RuleTest<Subject> {
  readonly ruleId: string;
  readonly kind: RuleKind;
  readonly effect: RuleEffect;
  readonly holdsFor: (subject: Subject) => boolean;
  /** Why a subject is refused by it, to be read after "the rules of …:". */
  readonly reasonFor: (subject: Subject) => string;
}

export type AddressTest = RuleTest<string> & { readonly of: 'address' };
export type OfferTest = RuleTest<OfferSubject> & { readonly of: 'offer' };

type OfferRuleSubject = Exclude<RuleSubject, { kind: 'ip' }>;

const DENIED: Readonly<Record<RuleKind, string>> = {
  ip: 'the address is denied',
  provider: 'the provider is denied',
  model: 'the model is denied',
  pricing: 'models of its pricing are denied',
  price_ceiling: 'its price is denied',
};

/** Makes a rule ready to be asked. One that cannot be read denies everything. */
export function toRuleTest(rule: StoredRule): AddressTest | OfferTest {
  const kind = RULE_KINDS.find((known) => known === rule.kind);
  const subject = kind && readSubject(kind, rule.subject);
  if (!subject || (rule.effect !== 'allow' && rule.effect !== 'deny'))
    return unreadable(rule.id, kind);
  const { id: ruleId, effect } = rule;
  const denied = effect === 'deny' ? DENIED[subject.kind] : undefined;
  if (subject.kind === 'ip') {
    const reasonFor = (): string => denied ?? 'the address is not among those allowed';
    const holdsFor = addressTest(subject.ranges, effect);
    return { of: 'address', ruleId, kind: 'ip', effect, holdsFor, reasonFor };
  }
  const reasonFor = (offer: OfferSubject): string => denied ?? missed(subject, offer);
  const holdsFor = offerTest(subject);
  return { of: 'offer', ruleId, kind: subject.kind, effect, holdsFor, reasonFor };
}

/** An address that nobody knows is in every range that is denied, and in none that is allowed. */
function addressTest(texts: readonly string[], effect: RuleEffect): (address: string) => boolean {
  const ranges = texts.flatMap((text) => {
    const range = parseRange(text);
    return range ? [range] : [];
  });
  return (text) => {
    const address = parseAddress(text);
    return address ? isWithin(address, ranges) : effect === 'deny';
  };
}

/** What has no price is not free. */
function offerTest(subject: OfferRuleSubject): (offer: OfferSubject) => boolean {
  switch (subject.kind) {
    case 'provider': {
      const allowed = new Set(subject.providers);
      return ({ names }) => names.providers.some((name) => allowed.has(name));
    }
    case 'model': {
      const isNamed = namesOneOf(subject.models);
      return ({ names }) => isNamed(names);
    }
    case 'pricing':
      return ({ price }) => (price !== undefined && isFree(price)) === (subject.is === 'free');
    case 'price_ceiling':
      return ({ price, serviceTier }) =>
        excessOf(subject.ceiling, price, serviceTier) === undefined;
  }
}

function missed(subject: OfferRuleSubject, { price, serviceTier }: OfferSubject): string {
  switch (subject.kind) {
    case 'provider':
      return 'the provider is not among those allowed';
    case 'model':
      return 'the model is not among those allowed';
    case 'pricing':
      return `only ${subject.is} models are allowed`;
    case 'price_ceiling':
      return excessOf(subject.ceiling, price, serviceTier) ?? DENIED.price_ceiling;
  }
}

function readSubject(kind: RuleKind, subject: unknown): RuleSubject | undefined {
  try {
    return parseSubject(kind, subject);
  } catch {
    return undefined;
  }
}

function unreadable(ruleId: string, kind: RuleKind | undefined): AddressTest | OfferTest {
  const test = {
    ruleId,
    effect: 'deny',
    holdsFor: () => true,
    reasonFor: () => 'a rule cannot be read',
  } as const;
  return kind === 'ip'
    ? { of: 'address', kind, ...test }
    : { of: 'offer', kind: kind ?? 'model', ...test };
}
