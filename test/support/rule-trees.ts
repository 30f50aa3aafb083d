import fc from 'fast-check';
import { parseUsd } from '../../src/core/money.js';
import { decide, type Subject } from '../../src/core/rules/decide.js';
import { compileRules, type RuleSet } from '../../src/core/rules/rule-set.js';
import type { RuleScope, StoredRule } from '../../src/core/rules/rule.js';

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-opus', 'llama'];
const PROVIDERS = ['openai', 'groq', 'azure'];
const PRICES = ['0', '1', '2.5', '10'];
const ADDRESSES = ['10.0.0.1', '10.9.9.9', '203.0.113.7', '2001:db8::1', ''];

const some = (values: readonly string[]): fc.Arbitrary<string[]> =>
  fc.subarray([...values], { minLength: 1 });

const patterns = [
  ...MODELS,
  ...PROVIDERS.map((provider) => `${provider}/*`),
  ...['gpt-*', '*', 'openai/gpt-4o', 'the-alias-of-llama'],
];

/** A kind, and a subject of it. */
export const matter = fc.oneof(
  some(patterns).map((models) => ({ kind: 'model', subject: { models } })),
  some(PROVIDERS).map((providers) => ({ kind: 'provider', subject: { providers } })),
  fc.constantFrom('free', 'paid').map((is) => ({ kind: 'pricing', subject: { is } })),
  some(['10.0.0.0/8', '203.0.113.0/24', '2001:db8::/32', '0.0.0.0/0']).map((ranges) => ({
    kind: 'ip',
    subject: { ranges },
  })),
);
const ceiling = fc
  .tuple(fc.constantFrom('input', 'output'), fc.constantFrom(...PRICES))
  .map(([field, usd]) => ({ kind: 'price_ceiling', subject: { [field]: usd } }));

/** A rule without its place. */
export const loose = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('allow', 'deny'), matter) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('allow'), ceiling) },
);
export type Loose = readonly [effect: string, matter: { kind: string; subject: object }];

/** The rules of each level, from the top: organization, project, member, and keys of which each made the next. */
export const tree = fc.array(fc.array(loose, { maxLength: 3 }), { minLength: 2, maxLength: 6 });

const PLACES: readonly (readonly [RuleScope, string])[] = [
  ['organization', 'org_1'],
  ['project', 'prj_1'],
  ['member', 'mem_1'],
  ['api_key', 'key_1'],
  ['api_key', 'key_2'],
  ['api_key', 'key_3'],
];

/** The rules of a tree as the database has them. */
export function stored(levels: readonly (readonly Loose[])[]): StoredRule[] {
  return levels.flatMap((rules, depth) => {
    const [scope, scopeId] = PLACES[depth] ?? ['api_key', `key_${depth}`];
    return rules.map(([effect, { kind, subject }], at) => {
      return { id: `rul_${depth}_${at}`, scope, scopeId, effect, kind, subject };
    });
  });
}

export const SUBJECTS: readonly Subject[] = [
  ...ADDRESSES.map((address) => ({ address })),
  ...MODELS.flatMap((model) =>
    PROVIDERS.flatMap((provider) =>
      PRICES.map((usd) => {
        const models = [model, `the-alias-of-${model}`];
        return {
          names: {
            models,
            providers: [provider],
            pins: models.map((name) => `${provider}/${name}`),
          },
          price: {
            id: 'p',
            validFrom: 0,
            components: (['input', 'output'] as const).map((meter) => {
              return { meter, price: parseUsd(usd), conditions: {} };
            }),
          },
          serviceTier: undefined,
        };
      }),
    ),
  ),
];

/** Which of some eighty subjects a key's rules let through. */
export function rightsBy({ levels }: RuleSet): readonly boolean[] {
  return SUBJECTS.map((subject) => decide(levels, subject).allowed);
}

/** The same of rules as they are stored. */
export function rights(rules: readonly StoredRule[]): readonly boolean[] {
  return rightsBy(compileRules(rules));
}
