import { describe, expect, it } from '@jest/globals';
import { makeModel, makeOffer, makeSnapshot, version } from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { askFor, refusalOf, routed, ROUTED_AT, routerOf } from '../../../test/support/routing.js';
import type { ChatRequest } from '../../core/chat.js';

describe('a model pinned to a provider', () => {
  const offers = [
    makeOffer('google-ai-studio', 'g', { status: 'deprecated' }),
    makeOffer('openai', 'm', { upstreamModel: 'm-2026', suspect: true }),
    makeOffer('groq', 'm', { status: 'removed' }),
    makeOffer('xai', 'm', { variant: 'fast' }),
    makeOffer('mistral', 'm', { upstreamModel: 'm-native' }),
  ];
  const router = routerOf(makeSnapshot(offers, [], { nickname: 'm' }));

  it('goes there alone, deprecated or variant', () => {
    expect(routed(router, askFor('google-ai-studio/g'))).toEqual(['google-ai-studio/g']);
    expect(routed(router, askFor('google/g'))).toEqual(['google-ai-studio/g']);
    expect(routed(router, askFor('xai/m:fast'))).toEqual(['xai/m:fast']);
  });

  it('is found by the provider’s own name and by alias', () => {
    expect(routed(router, askFor('mistral/m-native'))).toEqual(['mistral/m']);
    expect(routed(router, askFor('mistral/nickname'))).toEqual(['mistral/m']);
  });

  it.each([
    ['removed', 'groq/m'],
    ['not there', 'deepseek/m'],
    ['without a name', 'openai/'],
  ])('is not found where the offer is %s', (_what, model) => {
    expect(refusalOf(router, askFor(model)).code).toBe('model_not_found');
  });

  it('is refused where its price needs a look', () => {
    expect(refusalOf(router, askFor('openai/m'))).toMatchObject({
      status: 400,
      code: 'model_not_priced',
    });
  });

  it('is asked for what the catalogue thinks that it lacks: the caller chose it', () => {
    const content = [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }];
    const messages = [{ role: 'user', content }] as ChatRequest['messages'];
    expect(routed(router, askFor('mistral/m', { messages }))).toEqual(['mistral/m']);
  });

  it('refuses a parameter that the provider does not take, by name', () => {
    expect(refusalOf(router, askFor('mistral/m', { logprobs: true }))).toMatchObject({
      code: 'unsupported_parameter',
      param: 'logprobs',
      message: 'logprobs is not supported by mistral/m.',
    });
  });

  it('a first segment that is no provider belongs to the name', () => {
    const snapshot = makeSnapshot([makeOffer('groq', 'meta-llama/llama')]);
    expect(routed(routerOf(snapshot), askFor('meta-llama/llama'))).toEqual([
      'groq/meta-llama/llama',
    ]);
    expect(routed(routerOf(snapshot), askFor('groq/meta-llama/llama'))).toEqual([
      'groq/meta-llama/llama',
    ]);
  });
});

describe('auto', () => {
  const free = makeOffer('openrouter', 'gift', { prices: [version('0', '0')] });
  const thinker = makeOffer('deepseek', 'thinker', {
    prices: [version('0.1', '0.1')],
    capabilities: { ...free.capabilities, reasoning: true },
  });
  const plain = makeOffer('openai', 'plain');
  const vectors = makeOffer('openai', 'vectors', { prices: [version('0.01', '0.01')] });
  const models = [makeModel('vectors', { type: 'embedding' })];
  const router = routerOf(makeSnapshot([plain, thinker, free, vectors], models));

  it('is the cheapest chat model that is fit', () => {
    expect(routed(router, askFor('auto'))).toEqual([free.id, thinker.id, plain.id]);
  });

  it('may be bound to free models, or to such as do not think', () => {
    expect(routed(router, askFor('auto', { free_models_only: true }))).toEqual([free.id]);
    expect(routed(router, askFor('auto', { no_reasoning: true }))).toEqual([free.id, plain.id]);
  });

  it('its bounds go to no provider', () => {
    const [plan] = router.resolve(
      askFor('auto', { no_reasoning: true }),
      makePrincipal(),
      ROUTED_AT,
    ).plans;
    expect(plan?.request).toEqual(askFor('auto'));
  });

  it('finds nobody in an empty catalogue', () => {
    expect(refusalOf(routerOf(makeSnapshot([])), askFor('auto'))).toMatchObject({
      code: 'no_provider_available',
      message: 'No provider is available for auto.',
    });
  });
});
