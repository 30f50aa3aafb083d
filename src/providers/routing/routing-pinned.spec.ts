import { describe, expect, it } from '@jest/globals';
import { makeModel, makeOffer, makeSnapshot, version } from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import type { ChatRequest } from '../../core/chat.js';
import { GatewayError } from '../../core/errors.js';
import type { ProviderDefinition } from '../../core/provider.js';
import type { CatalogueSnapshot } from '../catalogue/catalogue-snapshot.js';
import type { CatalogueService } from '../catalogue/catalogue.service.js';
import type { CredentialService } from '../credentials/credential.service.js';
import { RoutingService } from './routing.service.js';
import { noCustomProviders } from '../../../test/support/custom-providers.js';

const NOW = 1_000;
const PRINCIPAL = makePrincipal();

/** A router over a catalogue, with credentials for every provider but those named. */
function routerOf(snapshot: CatalogueSnapshot, ...unreachable: string[]): RoutingService {
  const credentials = {
    credentialsFor: ({ id, baseUrl }: ProviderDefinition) =>
      unreachable.includes(id)
        ? []
        : [{ id: `platform:${id}`, owner: 'platform', secret: 's', baseUrl }],
  };
  return new RoutingService(
    { snapshot: () => snapshot } as CatalogueService,
    credentials as unknown as CredentialService,
    noCustomProviders,
  );
}

const ask = (model: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model,
  messages: [{ role: 'user', content: 'Hello' }],
  ...more,
});

/** The offers that are asked, in order. */
function routed(router: RoutingService, request: ChatRequest, at = NOW): string[] {
  return router.resolve(request, PRINCIPAL, at).plans.map(({ target }) => target.offer.id);
}

function refusal(router: RoutingService, request: ChatRequest): GatewayError {
  try {
    router.resolve(request, PRINCIPAL, NOW);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

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
    expect(routed(router, ask('google-ai-studio/g'))).toEqual(['google-ai-studio/g']);
    expect(routed(router, ask('google/g'))).toEqual(['google-ai-studio/g']);
    expect(routed(router, ask('xai/m:fast'))).toEqual(['xai/m:fast']);
  });

  it('is found by the provider’s own name and by alias', () => {
    expect(routed(router, ask('mistral/m-native'))).toEqual(['mistral/m']);
    expect(routed(router, ask('mistral/nickname'))).toEqual(['mistral/m']);
  });

  it.each([
    ['removed', 'groq/m'],
    ['not there', 'deepseek/m'],
    ['without a name', 'openai/'],
  ])('is not found where the offer is %s', (_what, model) => {
    expect(refusal(router, ask(model)).code).toBe('model_not_found');
  });

  it('is refused where its price needs a look', () => {
    expect(refusal(router, ask('openai/m'))).toMatchObject({
      status: 400,
      code: 'model_not_priced',
    });
  });

  it('is asked for what the catalogue thinks that it lacks: the caller chose it', () => {
    const content = [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }];
    const messages = [{ role: 'user', content }] as ChatRequest['messages'];
    expect(routed(router, ask('mistral/m', { messages }))).toEqual(['mistral/m']);
  });

  it('refuses a parameter that the provider does not take, by name', () => {
    expect(refusal(router, ask('mistral/m', { logprobs: true }))).toMatchObject({
      code: 'unsupported_parameter',
      param: 'logprobs',
      message: 'logprobs is not supported by mistral/m.',
    });
  });

  it('a first segment that is no provider belongs to the name', () => {
    const snapshot = makeSnapshot([makeOffer('groq', 'meta-llama/llama')]);
    expect(routed(routerOf(snapshot), ask('meta-llama/llama'))).toEqual(['groq/meta-llama/llama']);
    expect(routed(routerOf(snapshot), ask('groq/meta-llama/llama'))).toEqual([
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
    expect(routed(router, ask('auto'))).toEqual([free.id, thinker.id, plain.id]);
  });

  it('may be bound to free models, or to such as do not think', () => {
    expect(routed(router, ask('auto', { free_models_only: true }))).toEqual([free.id]);
    expect(routed(router, ask('auto', { no_reasoning: true }))).toEqual([free.id, plain.id]);
  });

  it('its bounds go to no provider', () => {
    const [plan] = router.resolve(ask('auto', { no_reasoning: true }), PRINCIPAL, NOW).plans;
    expect(plan?.request).toEqual(ask('auto'));
  });

  it('finds nobody in an empty catalogue', () => {
    expect(refusal(routerOf(makeSnapshot([])), ask('auto'))).toMatchObject({
      code: 'no_provider_available',
      message: 'No provider is available for auto.',
    });
  });
});
