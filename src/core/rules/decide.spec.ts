import { describe, expect, it } from '@jest/globals';
import { component, version } from '../../../test/support/catalogue.js';
import { makeRule as rule } from '../../../test/support/rules.js';
import type { PriceVersion } from '../price.js';
import { decide, levelInWords, type Decision } from './decide.js';
import type { OfferNames } from './offer-names.js';
import { compileRules, NO_RULES } from './rule-set.js';
import type { StoredRule } from './rule.js';

const GPT: OfferNames = {
  models: ['gpt-4o', 'gpt-latest'],
  pins: ['openai/gpt-4o', 'openai/gpt-latest', 'azure/gpt-4o', 'openai/gpt-4o-2024-11-20'],
  providers: ['openai', 'azure'],
};

const PAID = version('2.5', '10');
const FREE = version('0', '0');

interface Asked {
  readonly names?: OfferNames;
  readonly price?: PriceVersion | undefined;
}

function judge(stored: readonly StoredRule[], asked: Asked = {}): Decision {
  const { names = GPT } = asked;
  const at = 'price' in asked ? asked.price : PAID;
  return decide(compileRules(stored).levels, { names, price: at, serviceTier: undefined });
}

const isAllowed = (stored: readonly StoredRule[], asked: Asked = {}): boolean =>
  judge(stored, asked).allowed;

describe('rules about models', () => {
  it.each([
    ['gpt-4o', true],
    ['gpt-latest', true],
    ['gpt-*', true],
    ['*', true],
    ['openai/gpt-4o', true],
    ['openai/gpt-latest', true],
    ['openai/gpt-4o-2024-11-20', true],
    ['azure/gpt-4o', true],
    ['openai/*', true],
    ['openai/gpt-*', true],
    ['gpt-4', false],
    ['GPT-4o', false],
    ['o*', false],
    ['open*', false],
    ['groq/gpt-4o', false],
    ['groq/*', false],
    ['gpt-4o-2024-11-20', false],
  ])('%s names gpt-4o of openai: %s', (pattern, expected) => {
    expect(isAllowed([rule('allow', 'model', { models: [pattern] })])).toBe(expected);
    expect(isAllowed([rule('deny', 'model', { models: ['x', pattern] })])).toBe(!expected);
  });
});

describe('rules about providers', () => {
  it.each([
    ['openai', true],
    ['azure', true],
    ['groq', false],
  ])('%s serves the offer: %s', (provider, expected) => {
    expect(isAllowed([rule('allow', 'provider', { providers: [provider] })])).toBe(expected);
    expect(isAllowed([rule('deny', 'provider', { providers: [provider] })])).toBe(!expected);
  });
});

describe('rules about pricing', () => {
  it.each([
    ['free', 'free', FREE, true],
    ['free', 'paid', PAID, false],
    ['paid', 'free', FREE, false],
    ['paid', 'paid', PAID, true],
  ] as const)('%s models alone, and one that is %s', (is, _what, at, expected) => {
    expect(isAllowed([rule('allow', 'pricing', { is })], { price: at })).toBe(expected);
    expect(isAllowed([rule('deny', 'pricing', { is })], { price: at })).toBe(!expected);
  });

  it('one that has no price is not free', () => {
    expect(isAllowed([rule('allow', 'pricing', { is: 'free' })], { price: undefined })).toBe(false);
    expect(isAllowed([rule('deny', 'pricing', { is: 'paid' })], { price: undefined })).toBe(false);
  });

  it('one of which a part costs something is not free', () => {
    const partly = { ...FREE, components: [...FREE.components, component('request', '0.01')] };
    expect(isAllowed([rule('allow', 'pricing', { is: 'free' })], { price: partly })).toBe(false);
  });
});

describe('price ceilings', () => {
  it('let cheaper ones through', () => {
    expect(isAllowed([rule('allow', 'price_ceiling', { input: '2.5' })])).toBe(true);
    expect(judge([rule('allow', 'price_ceiling', { input: '2.4' })])).toMatchObject({
      code: 'model_not_allowed',
      reason: 'it can cost 2.5 USD per 1M input tokens, above the ceiling of 2.4',
    });
  });

  it('of one level are a union as well', () => {
    const ceilings = ['1', '3'].map((input) => rule('allow', 'price_ceiling', { input }));
    expect(isAllowed(ceilings)).toBe(true);
  });
});

describe('rules about addresses', () => {
  const office = rule('allow', 'ip', { ranges: ['203.0.113.0/24'] });
  const cellar = rule('deny', 'ip', { ranges: ['203.0.113.66', '2001:db8::/32'] });
  const judgeAddress = (address: string, stored: StoredRule[]): boolean =>
    decide(compileRules(stored).levels, { address }).allowed;

  it.each([
    ['203.0.113.7', true],
    ['::ffff:203.0.113.7', true],
    ['203.0.113.66', false],
    ['198.51.100.1', false],
    ['2001:db8::1', false],
    ['', false],
    ['nonsense', false],
  ])('%j: %s', (address, expected) => {
    expect(judgeAddress(address, [office, cellar])).toBe(expected);
  });

  it('an unknown address is denied by any of them', () => {
    expect(judgeAddress('', [cellar])).toBe(false);
    expect(judgeAddress('', [rule('deny', 'model', { models: ['*'] })])).toBe(true);
  });

  it('do not touch offers, nor rules about offers addresses', () => {
    const { levels, boundsAddresses, boundsOffers } = compileRules([office]);
    expect([boundsAddresses, boundsOffers]).toEqual([true, false]);
    expect(decide(levels, { names: GPT, price: PAID, serviceTier: undefined }).allowed).toBe(true);
  });
});

describe('several rules', () => {
  const gpt = rule('allow', 'model', { models: ['gpt-4o'] });
  const claude = rule('allow', 'model', { models: ['claude-*'] });
  const openai = rule('allow', 'provider', { providers: ['openai'] });
  const groq = rule('allow', 'provider', { providers: ['groq'] });

  it('allows of one kind are a union', () => {
    expect(isAllowed([claude, gpt])).toBe(true);
    expect(isAllowed([claude])).toBe(false);
  });

  it('different kinds must all pass', () => {
    expect(isAllowed([gpt, openai])).toBe(true);
    expect(isAllowed([gpt, groq])).toBe(false);
  });

  it('deny wins over an allow of the same name', () => {
    const decision = judge([gpt, rule('deny', 'model', { models: ['gpt-*'] }, { id: 'rul_deny' })]);
    expect(decision).toEqual({
      allowed: false,
      code: 'model_not_allowed',
      level: { scope: 'organization', scopeId: 'org_1' },
      ruleId: 'rul_deny',
      reason: 'the model is denied',
    });
  });

  it('an allow of one level does not widen another', () => {
    const ofKey = { scope: 'api_key', scopeId: 'key_1' } as const;
    expect(isAllowed([claude, rule('allow', 'model', { models: ['gpt-4o'] }, ofKey)])).toBe(false);
    expect(isAllowed([gpt, rule('allow', 'model', { models: ['gpt-4o'] }, ofKey)])).toBe(true);
  });

  it('the highest level that refuses is named', () => {
    const deny = (scope: StoredRule['scope'], scopeId: string): StoredRule =>
      rule('deny', 'provider', { providers: ['openai'] }, { scope, scopeId });
    const tree = [
      deny('api_key', 'key_2'),
      deny('api_key', 'key_1'),
      deny('member', 'mem_1'),
      deny('project', 'prj_1'),
      deny('organization', 'org_1'),
    ];
    const named = [];
    for (let left = tree.length; left > 0; left--) {
      const decision = judge(tree.slice(0, left));
      if (!decision.allowed) named.push(levelInWords(decision, 'key_2'));
    }
    expect(named).toEqual([
      'the organization',
      'the project',
      'the member',
      'a key above the key',
      'the key',
    ]);
  });

  it('none allow everything', () => {
    expect(compileRules([])).toBe(NO_RULES);
    expect(isAllowed([])).toBe(true);
  });
});

describe('a rule that cannot be read', () => {
  it.each<[string, StoredRule]>([
    ['of an unknown kind', rule('allow', 'unheard-of', {})],
    ['of an unknown effect', rule('maybe', 'model', { models: ['*'] })],
    ['with a broken subject', rule('allow', 'model', { models: 'gpt-4o' })],
  ])('%s denies every offer', (_what, broken) => {
    expect(judge([broken])).toMatchObject({ allowed: false, reason: 'a rule cannot be read' });
  });

  it('about addresses denies every address', () => {
    const { levels } = compileRules([rule('allow', 'ip', { ranges: ['?'] })]);
    expect(decide(levels, { address: '203.0.113.7' })).toMatchObject({
      allowed: false,
      code: 'ip_not_allowed',
    });
  });
});
