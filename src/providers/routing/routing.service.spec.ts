import { describe, expect, it } from '@jest/globals';
import {
  component,
  makeModel,
  makeOffer,
  makeSnapshot,
  version,
} from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { askFor, refusalOf, routed, ROUTED_AT, routerOf } from '../../../test/support/routing.js';
import type { ChatRequest } from '../../core/chat.js';

describe('a model without a provider', () => {
  const offers = [
    makeOffer('openai', 'm', { prices: [version('2', '2')] }),
    makeOffer('groq', 'm', { prices: [version('1', '4.9')] }),
    makeOffer('deepseek', 'm', { prices: [version('1', '5')] }),
    makeOffer('mistral', 'm', { prices: [version('1', '5')] }),
  ];

  it('goes to the cheapest first: three input tokens weigh as much as one output token', () => {
    expect(routed(routerOf(makeSnapshot(offers)), askFor('m'))).toEqual([
      'groq/m',
      'deepseek/m',
      'mistral/m',
      'openai/m',
    ]);
  });

  it('in the same order, however the catalogue is ordered', () => {
    expect(routed(routerOf(makeSnapshot([...offers].reverse())), askFor('m'))).toEqual(
      routed(routerOf(makeSnapshot(offers)), askFor('m')),
    );
  });

  it('by the prices of the moment', () => {
    const prices = [version('1', '1'), version('9', '9', 500)];
    const router = routerOf(
      makeSnapshot([makeOffer('openai', 'm', { prices }), makeOffer('groq', 'm')]),
    );
    expect(routed(router, askFor('m'), 499)).toEqual(['openai/m', 'groq/m']);
    expect(routed(router, askFor('m'), 500)).toEqual(['groq/m', 'openai/m']);
    const [plan] = router.resolve(askFor('openai/m'), makePrincipal(), 499).plans;
    expect(plan?.target.price.id).toBe('1/1@0');
  });

  it('is found by its alias', () => {
    const router = routerOf(makeSnapshot([makeOffer('openai', 'm')], [], { other: 'm' }));
    expect(routed(router, askFor('other'))).toEqual(['openai/m']);
  });

  it.each([
    ['deprecated', { status: 'deprecated' }],
    ['removed', { status: 'removed' }],
    ['a variant', { variant: 'fast' }],
    ['of a price that needs a look', { suspect: true }],
    ['without a price yet', { prices: [version('1', '1', ROUTED_AT + 1)] }],
    [
      'without a price of output',
      { prices: [{ id: 'p', validFrom: 0, components: [component('input', '1')] }] },
    ],
  ] as const)('never goes to an offer that is %s', (_what, more) => {
    const router = routerOf(makeSnapshot([makeOffer('openai', 'm', more), makeOffer('groq', 'm')]));
    expect(routed(router, askFor('m'))).toEqual(['groq/m']);
  });

  it('takes an offer in beta', () => {
    const router = routerOf(makeSnapshot([makeOffer('groq', 'm', { status: 'beta' })]));
    expect(routed(router, askFor('m'))).toEqual(['groq/m']);
  });

  it('passes over providers that cannot be reached, or are not known', () => {
    const strange = makeOffer('nobody', 'm');
    const router = routerOf(makeSnapshot([...offers, strange]), 'groq', 'deepseek');
    expect(routed(router, askFor('m'))).toEqual(['mistral/m', 'openai/m']);
  });

  it('that is not there is not found', () => {
    expect(refusalOf(routerOf(makeSnapshot(offers)), askFor('M'))).toMatchObject({
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
    expect(refusalOf(routerOf(snapshot), askFor('e'))).toMatchObject({
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
    expect(routed(router, askFor('m'))).toHaveLength(3);
    expect(routed(router, askFor('m', image))).toEqual(['mistral/m', 'openai/m']);
    expect(routed(router, askFor('m', { ...image, ...tools }))).toEqual(['openai/m']);
  });

  it('is told where nobody can, each reason once', () => {
    const router = routerOf(
      makeSnapshot([makeOffer('groq', 'm'), makeOffer('openai', 'm')]),
      'openai',
    );
    expect(refusalOf(router, askFor('m', image))).toMatchObject({
      status: 404,
      code: 'no_provider_available',
      message:
        'No provider is available for m (groq: does not take image input; openai: does not take image input).',
    });
    expect(
      refusalOf(routerOf(makeSnapshot([makeOffer('openai', 'm')]), 'openai'), askFor('m')),
    ).toMatchObject({
      message: 'No provider is available for m (openai: no credential is configured).',
    });
  });

  it('of parameters: an offer that has them, else 400 that names the parameter', () => {
    const both = makeSnapshot([
      makeOffer('groq', 'm'),
      makeOffer('openai', 'm', { prices: [version('9', '9')] }),
    ]);
    expect(routed(routerOf(both), askFor('m', { n: 2 }))).toEqual(['openai/m']);
    expect(refusalOf(routerOf(both, 'openai'), askFor('m', { n: 2 }))).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'n',
      message: 'n is not supported by any provider of m.',
    });
  });

  it('each plan has the request made fit for it, and what was dropped', () => {
    const router = routerOf(makeSnapshot([makeOffer('groq', 'm'), makeOffer('deepseek', 'm')]));
    const { plans } = router.resolve(
      askFor('m', { seed: 1, max_tokens: 5 }),
      makePrincipal(),
      ROUTED_AT,
    );
    expect(plans.map(({ request, dropped }) => [request, dropped])).toEqual([
      [askFor('m', { max_tokens: 5 }), ['seed']],
      [askFor('m', { seed: 1, max_completion_tokens: 5 }), []],
    ]);
  });
});
