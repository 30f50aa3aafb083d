import { RULE_KINDS, RULE_SCOPES, type RuleKind, type RuleScope, type StoredRule } from './rule.js';
import {
  toRuleTest,
  type AddressTest,
  type OfferSubject,
  type OfferTest,
  type RuleTest,
} from './rule-test.js';

/** All rules of one kind at a level. */
export interface Bounds<Subject> {
  readonly kind: RuleKind;
  readonly denies: readonly RuleTest<Subject>[];
  /** Where there are any, one of them must hold. */
  readonly allows: readonly RuleTest<Subject>[];
}

/** The rules that were put on one organization, project, member or key. */
export interface RuleLevel {
  readonly scope: RuleScope;
  readonly scopeId: string;
  readonly addressBounds: readonly Bounds<string>[];
  readonly offerBounds: readonly Bounds<OfferSubject>[];
}

/** The rules of all that a key stands below, itself included. It never changes; a new one takes its place. */
export interface RuleSet {
  readonly levels: readonly RuleLevel[];
  readonly boundsAddresses: boolean;
  readonly boundsOffers: boolean;
}

export const NO_RULES: RuleSet = { levels: [], boundsAddresses: false, boundsOffers: false };

/** The rules of a key, given in whatever order. One that cannot be read refuses everything. */
export function compileRules(rules: readonly StoredRule[]): RuleSet {
  if (rules.length === 0) return NO_RULES;
  const groups = new Map<string, StoredRule[]>();
  for (const rule of [...rules].sort(byId)) {
    const place = `${rule.scope} ${rule.scopeId}`;
    const group = groups.get(place);
    if (group) group.push(rule);
    else groups.set(place, [rule]);
  }
  const levels = [...groups.values()].flatMap(levelOf).sort(fromTheTop);
  return {
    levels,
    boundsAddresses: levels.some(({ addressBounds }) => addressBounds.length > 0),
    boundsOffers: levels.some(({ offerBounds }) => offerBounds.length > 0),
  };
}

function levelOf(rules: readonly StoredRule[]): RuleLevel[] {
  const [first] = rules;
  if (!first) return [];
  const tests = rules.map(toRuleTest);
  const isOfAddress = (test: AddressTest | OfferTest): test is AddressTest => test.of === 'address';
  const isOfOffer = (test: AddressTest | OfferTest): test is OfferTest => test.of === 'offer';
  return [
    {
      scope: first.scope,
      scopeId: first.scopeId,
      addressBounds: boundsOf(tests.filter(isOfAddress)),
      offerBounds: boundsOf(tests.filter(isOfOffer)),
    },
  ];
}

function boundsOf<Subject>(tests: readonly RuleTest<Subject>[]): readonly Bounds<Subject>[] {
  return RULE_KINDS.flatMap((kind) => {
    const ofKind = tests.filter((test) => test.kind === kind);
    if (ofKind.length === 0) return [];
    const withEffect = (effect: string): readonly RuleTest<Subject>[] =>
      ofKind.filter((test) => test.effect === effect);
    return [{ kind, denies: withEffect('deny'), allows: withEffect('allow') }];
  });
}

/** The organization first, keys last; a key that made another is older than that one, and ids grow. */
function fromTheTop(left: RuleLevel, right: RuleLevel): number {
  const byScope = RULE_SCOPES.indexOf(left.scope) - RULE_SCOPES.indexOf(right.scope);
  if (byScope !== 0) return byScope;
  return left.scopeId < right.scopeId ? -1 : Number(left.scopeId > right.scopeId);
}

function byId(left: StoredRule, right: StoredRule): number {
  return left.id < right.id ? -1 : Number(left.id > right.id);
}
