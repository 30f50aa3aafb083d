import { describe, expect, it } from '@jest/globals';
import {
  component,
  makeModel,
  makeOffer,
  makeSnapshot,
  version,
} from '../../../test/support/catalogue.js';
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

describe('a model without a provider', () => {
  const offers = [
    makeOffer('openai', 'm', { prices: [version('2', '2')] }),
    makeOffer('groq', 'm', { prices: [version('1', '4.9')] }),
    makeOffer('deepseek', 'm', { prices: [version('1', '5')] }),
    makeOffer('mistral', 'm', { prices: [version('1', '5')] }),
  ];

  it('goes to the cheapest first: three input tokens weigh as much as one output token', () => {
    expect(routed(routerOf(makeSnapshot(offers)), ask('m'))).toEqual([
      'groq/m',
      'deepseek/m',
      'mistral/m',
      'openai/m',
    ]);
  });

  it('in the same order, however the catalogue is ordered', () => {
    expect(routed(routerOf(makeSnapshot([...offers].reverse())), ask('m'))).toEqual(
      routed(routerOf(makeSnapshot(offers)), ask('m')),
    );
  });

  it('by the prices of the moment', () => {
    const prices = [version('1', '1'), version('9', '9', 500)];
    const router = routerOf(
      makeSnapshot([makeOffer('openai', 'm', { prices }), makeOffer('groq', 'm')]),
    );
    expect(routed(router, ask('m'), 499)).toEqual(['openai/m', 'groq/m']);
    expect(routed(router, ask('m'), 500)).toEqual(['groq/m', 'openai/m']);
    const [plan] = router.resolve(ask('openai/m'), PRINCIPAL, 499).plans;
    expect(plan?.target.price.id).toBe('1/1@0');
  });

  it('is found by its alias', () => {
    const router = routerOf(makeSnapshot([makeOffer('openai', 'm')], [], { other: 'm' }));
    expect(routed(router, ask('other'))).toEqual(['openai/m']);
  });

  it.each([
    ['deprecated', { status: 'deprecated' }],
    ['removed', { status: 'removed' }],
    ['a variant', { variant: 'fast' }],
    ['of a price that needs a look', { suspect: true }],
    ['without a price yet', { prices: [version('1', '1', NOW + 1)] }],
    [
      'without a price of output',
      { prices: [{ id: 'p', validFrom: 0, components: [component('input', '1')] }] },
    ],
  ] as const)('never goes to an offer that is %s', (_what, more) => {
    const router = routerOf(makeSnapshot([makeOffer('openai', 'm', more), makeOffer('groq', 'm')]));
    expect(routed(router, ask('m'))).toEqual(['groq/m']);
  });

  it('takes an offer in beta', () => {
    const router = routerOf(makeSnapshot([makeOffer('groq', 'm', { status: 'beta' })]));
    expect(routed(router, ask('m'))).toEqual(['groq/m']);
  });

  it('passes over providers that cannot be reached, or are not known', () => {
    const strange = makeOffer('nobody', 'm');
    const router = routerOf(makeSnapshot([...offers, strange]), 'groq', 'deepseek');
    expect(routed(router, ask('m'))).toEqual(['mistral/m', 'openai/m']);
  });

  it('that is not there is not found', () => {
    expect(refusal(routerOf(makeSnapshot(offers)), ask('M'))).toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      message: 'The model "M" does not exist.',
    });
  });

  it('that does not chat is refused', () => {
    const snapshot = makeSnapshot(
      [makeOffer('openai', 'e')],
      [makeModel('e', { type: 'embedding' })],
    );
    expect(refusal(routerOf(snapshot), ask('e'))).toMatchObject({
      code: 'invalid_parameter',
      param: 'model',
    });
  });
});

describe('what a request needs', () => {
  const seeing = { inputModalities: ['text', 'image'], outputModalities: ['text'] } as const;
  const image = {
    messages: [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] },
    ] as ChatRequest['messages'],
  };
  const tools = { tools: [{ type: 'function', function: { name: 'f' } }] };

  it('decides who may answer', () => {
    const router = routerOf(
      makeSnapshot([
        makeOffer('openai', 'm', { capabilities: seeing, prices: [version('9', '9')] }),
        makeOffer('groq', 'm'),
        makeOffer('mistral', 'm', { capabilities: { ...seeing, tools: false } }),
      ]),
    );
    expect(routed(router, ask('m'))).toHaveLength(3);
    expect(routed(router, ask('m', image))).toEqual(['mistral/m', 'openai/m']);
    expect(routed(router, ask('m', { ...image, ...tools }))).toEqual(['openai/m']);
  });

  it('is told where nobody can, each reason once', () => {
    const router = routerOf(
      makeSnapshot([makeOffer('groq', 'm'), makeOffer('openai', 'm')]),
      'openai',
    );
    expect(refusal(router, ask('m', image))).toMatchObject({
      status: 404,
      code: 'no_provider_available',
      message:
        'No provider is available for m (groq: does not take image input; openai: does not take image input).',
    });
    expect(
      refusal(routerOf(makeSnapshot([makeOffer('openai', 'm')]), 'openai'), ask('m')),
    ).toMatchObject({
      message: 'No provider is available for m (openai: no credential is configured).',
    });
  });

  it('of parameters: an offer that has them, else 400 that names the parameter', () => {
    const both = makeSnapshot([
      makeOffer('groq', 'm'),
      makeOffer('openai', 'm', { prices: [version('9', '9')] }),
    ]);
    expect(routed(routerOf(both), ask('m', { n: 2 }))).toEqual(['openai/m']);
    expect(refusal(routerOf(both, 'openai'), ask('m', { n: 2 }))).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'n',
      message: 'n is not supported by any provider of m.',
    });
  });

  it('each plan has the request made fit for it, and what was dropped', () => {
    const router = routerOf(makeSnapshot([makeOffer('groq', 'm'), makeOffer('deepseek', 'm')]));
    const { plans } = router.resolve(ask('m', { seed: 1, max_tokens: 5 }), PRINCIPAL, NOW);
    expect(plans.map(({ request, dropped }) => [request, dropped])).toEqual([
      [ask('m', { max_tokens: 5 }), ['seed']],
      [ask('m', { seed: 1, max_completion_tokens: 5 }), []],
    ]);
  });
});
