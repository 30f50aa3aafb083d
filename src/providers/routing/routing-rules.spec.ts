import { describe, expect, it } from '@jest/globals';
import { makeModel, makeOffer, makeSnapshot, version } from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { askFor, ROUTED_AT, routerOf } from '../../../test/support/routing.js';
import { denyModels, denyProviders, makeRule } from '../../../test/support/rules.js';
import type { ChatRequest } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import { compileRules, NO_RULES, type RuleSet } from '../../core/rules/rule-set.js';
import { permissionOf } from './permission.js';
import type { RoutingService } from './routing.service.js';

const SEEING = { inputModalities: ['text', 'image'], outputModalities: ['text'] } as const;

const catalogue = makeSnapshot(
  [
    makeOffer('google-ai-studio', 'g', { upstreamModel: 'g-native', prices: [version('1', '1')] }),
    makeOffer('groq', 'g', { prices: [version('2', '2')] }),
    makeOffer('openai', 'm', {
      capabilities: SEEING,
      prices: [version('1', '1'), version('9', '9', 5_000)],
    }),
    makeOffer('xai', 'm', { variant: 'fast' }),
    makeOffer('xai', 'm', { prices: [version('3', '3')] }),
  ],
  [makeModel('g'), makeModel('m')],
  { gee: 'g' },
);

interface Question {
  readonly rules: RuleSet;
  readonly router?: RoutingService;
  readonly at?: number;
  readonly more?: Partial<ChatRequest>;
}

/** The offers that are asked in order, or the refusal. */
function answer(model: string, question: Question): readonly string[] | GatewayError {
  const { rules, router = routerOf(catalogue), at = ROUTED_AT, more = {} } = question;
  try {
    const { plans } = router.resolve(askFor(model, more), makePrincipal({ rules }), at);
    return plans.map(({ target }) => target.offer.id);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

const WAYS_TO_G = [
  'g',
  'gee',
  'groq/g',
  'groq/gee',
  'google-ai-studio/g',
  'google-ai-studio/gee',
  'google-ai-studio/g-native',
  'google/g',
  'google/gee',
];

describe('a model that is denied', () => {
  it.each(WAYS_TO_G.flatMap((way) => ['g', 'gee', '*'].map((pattern) => [way, pattern])))(
    'is not reached as %s by the rule against %s',
    (way, pattern) => {
      expect(answer(way, { rules: denyModels(pattern) })).toMatchObject({
        status: 403,
        code: 'model_not_allowed',
        param: 'model',
      });
    },
  );

  it('is not among those that auto picks', () => {
    expect(answer('auto', { rules: denyModels('g') })).toEqual(['openai/m', 'xai/m']);
    expect(answer('auto', { rules: denyModels('g', 'm') })).toMatchObject({ status: 403 });
  });

  it('does not touch others', () => {
    expect(answer('m', { rules: denyModels('g') })).toEqual(['openai/m', 'xai/m']);
  });

  it('that nobody has heard of is not found, whatever the rules say', () => {
    expect(answer('nothing', { rules: denyModels('*') })).toMatchObject({ status: 404 });
  });

  it('by the provider’s name is denied there alone', () => {
    expect(answer('g', { rules: denyModels('google-ai-studio/*') })).toEqual(['groq/g']);
    expect(answer('gee', { rules: denyModels('google/g') })).toEqual(['groq/g']);
    expect(answer('groq/g', { rules: denyModels('google/g') })).toEqual(['groq/g']);
  });

  it('is denied in every variant', () => {
    expect(answer('xai/m:fast', { rules: denyModels('xai/m') })).toMatchObject({ status: 403 });
    expect(answer('xai/m', { rules: denyModels('xai/m:fast') })).toEqual(['xai/m']);
  });
});

describe('a provider that is denied', () => {
  it('is passed over where others have the model', () => {
    expect(answer('g', { rules: denyProviders('google-ai-studio') })).toEqual(['groq/g']);
    expect(answer('g', { rules: denyProviders('google') })).toEqual(['groq/g']);
  });

  it('is refused where it is pinned, by whatever name', () => {
    for (const way of ['google-ai-studio/g', 'google/g', 'google/g-native', 'google/gee']) {
      expect(answer(way, { rules: denyProviders('google') })).toMatchObject({
        status: 403,
        code: 'provider_not_allowed',
        message: `${way} is not allowed (google-ai-studio: by the rules of the organization the provider is denied).`,
      });
    }
  });

  it('of all that serve a model: 403 with the reason of each', () => {
    expect(answer('g', { rules: denyProviders('google', 'groq') })).toMatchObject({
      code: 'provider_not_allowed',
      message:
        'g is not allowed (google-ai-studio: by the rules of the organization the provider is denied; ' +
        'groq: by the rules of the organization the provider is denied).',
    });
  });

  it('beside a model that is denied elsewhere: the model is not allowed', () => {
    const rules = compileRules([
      makeRule('deny', 'provider', { providers: ['google'] }),
      makeRule('deny', 'model', { models: ['groq/g'] }, { scope: 'api_key', scopeId: 'key_1' }),
    ]);
    expect(answer('g', { rules })).toMatchObject({
      code: 'model_not_allowed',
      message: expect.stringContaining('groq: by the rules of the key the model is denied'),
    });
  });
});

describe('where rules leave nobody that can answer', () => {
  const image = {
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }],
  } as Partial<ChatRequest>;

  it('the rules are told where what they refuse could', () => {
    expect(answer('m', { rules: denyProviders('openai'), more: image })).toMatchObject({
      status: 403,
      code: 'provider_not_allowed',
    });
    const router = routerOf(catalogue, 'groq');
    expect(answer('g', { rules: denyProviders('google'), router })).toMatchObject({ status: 403 });
  });

  it('the other reasons are told where it could not either', () => {
    expect(answer('m', { rules: denyProviders('xai'), more: image })).toEqual(['openai/m']);
    const router = routerOf(catalogue, 'openai');
    expect(answer('m', { rules: denyProviders('openai'), router, more: image })).toMatchObject({
      status: 404,
      code: 'no_provider_available',
      message: 'No provider is available for m (xai: does not take image input).',
    });
  });
});

describe('rules about prices', () => {
  const ceiling = compileRules([makeRule('allow', 'price_ceiling', { input: '2' })]);

  it('follow the price of the moment', () => {
    expect(answer('openai/m', { rules: ceiling, at: 4_999 })).toEqual(['openai/m']);
    expect(answer('openai/m', { rules: ceiling, at: 5_000 })).toMatchObject({ status: 403 });
    expect(answer('openai/m', { rules: ceiling, at: 4_999 })).toEqual(['openai/m']);
  });

  it('hold for every way to a model', () => {
    expect(answer('m', { rules: ceiling })).toEqual(['openai/m']);
    expect(answer('auto', { rules: ceiling })).toEqual([
      'google-ai-studio/g',
      'openai/m',
      'groq/g',
    ]);
  });
});

describe('a decision', () => {
  const [offer] = catalogue.offersOf('m');
  if (!offer) throw new Error('no offer');

  it('is made once for the same rules, offer, price and tier', () => {
    const rules = denyModels('m');
    const first = permissionOf(rules, catalogue, offer, ROUTED_AT);
    expect(first.allowed).toBe(false);
    expect(permissionOf(rules, catalogue, offer, ROUTED_AT + 1)).toBe(first);
    expect(permissionOf(rules, catalogue, offer, 5_000)).not.toBe(first);
    expect(permissionOf(denyModels('m'), catalogue, offer, ROUTED_AT)).not.toBe(first);
  });

  it('needs nothing where there are no rules about offers', () => {
    const untouchable = new Proxy(offer, {
      get: (_, name) => {
        throw new Error(`looked at ${String(name)}`);
      },
    });
    const ofAddresses = compileRules([makeRule('deny', 'ip', { ranges: ['10.0.0.0/8'] })]);
    for (const rules of [NO_RULES, ofAddresses])
      expect(permissionOf(rules, catalogue, untouchable, ROUTED_AT).allowed).toBe(true);
  });
});
