import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { component, makeModel, makeOffer, version } from '../../../test/support/catalogue.js';
import type { Offer } from '../../core/offer.js';
import { modelView } from './model-view.js';

const NOW = Date.UTC(2026, 0, 1);
const MODEL = makeModel('m', {
  name: 'Model',
  lab: 'Lab',
  releasedAt: Date.UTC(2025, 0, 1),
  contextWindow: 8,
});

const view = (...offers: Offer[]) => modelView(MODEL, ['alias'], offers, NOW);

const priced = (...components: Parameters<typeof component>[]) =>
  makeOffer('p', 'm', {
    prices: [{ id: 'v', validFrom: 0, components: components.map((entry) => component(...entry)) }],
  });

describe('modelView', () => {
  it('has OpenAI’s fields, and the model’s own', () => {
    expect(view(makeOffer('p', 'm'))).toMatchObject({
      id: 'm',
      object: 'model',
      created: 1_735_689_600,
      owned_by: 'Lab',
      name: 'Model',
      aliases: ['alias'],
      context_length: 8,
      architecture: { input_modalities: ['text'], output_modalities: ['text'] },
      providers: [{ id: 'p', model: 'm', status: 'active' }],
    });
  });

  it('tells prices of a token or unit, digit for digit', () => {
    const offer = priced(
      ['input', '2.5'],
      ['output', '0'],
      ['cache_read', '0.000001'],
      ['request', '5000'],
      ['web_search', '12345678.9'],
    );
    expect(view(offer)['pricing']).toEqual({
      prompt: '0.0000025',
      completion: '0',
      caching: '0.000000000001',
      request: '0.005',
      web_search: '12.3456789',
    });
  });

  it('a price per unit times a million is the price, whatever it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (price) => {
        const component = { meter: 'input', price, conditions: {} } as const;
        const offer = makeOffer('p', 'm', {
          prices: [{ id: 'v', validFrom: 0, components: [component] }],
        });
        const { prompt } = view(offer)['pricing'] as { prompt: string };
        expect(prompt).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [whole = '', fraction = ''] = prompt.split('.');
        expect(BigInt(whole + fraction.padEnd(18, '0'))).toBe(price);
      }),
    );
  });

  it('tells the price without conditions, valid now, of the first offer that is served', () => {
    const offer = makeOffer('q', 'm', {
      prices: [version('1', '1'), version('2', '2', NOW), version('3', '3', NOW + 1)],
    });
    const removed = makeOffer('p', 'm', { status: 'removed', prices: [version('9', '9')] });
    expect(view(removed, offer)['pricing']).toEqual({ prompt: '0.000002', completion: '0.000002' });
    const tiered = priced(['input', '7', { inputTokensAbove: 5 }], ['input', '1']);
    expect(view(tiered)['pricing']).toEqual({ prompt: '0.000001' });
  });

  it('is free only where something is priced, and all of it at nothing', () => {
    expect(view(priced(['input', '0'], ['output', '0']))['free']).toBe(true);
    expect(view(priced(['input', '0'], ['output', '0.1']))['free']).toBe(false);
    expect(view(makeOffer('p', 'm', { prices: [] }))['free']).toBe(false);
  });

  it('can what any of its offers can', () => {
    const capabilities = { inputModalities: ['text'], outputModalities: ['text'] } as const;
    const able = makeOffer('p', 'm', {
      capabilities: { ...capabilities, tools: true, jsonSchema: true, reasoning: true },
    });
    const both = view(makeOffer('q', 'm', { capabilities }), able);
    expect(both).toMatchObject({ json_output: true, structured_outputs: true });
    expect(both['supported_parameters']).toEqual(
      expect.arrayContaining(['temperature', 'tools', 'tool_choice', 'reasoning_effort']),
    );
    const none = view(makeOffer('q', 'm', { capabilities }));
    expect(none).toMatchObject({ json_output: false, structured_outputs: false });
    expect(none['supported_parameters']).not.toContain('tools');
  });

  it('ends when the last of its offers ends', () => {
    const ends = (
      provider: string,
      deprecatedAt: number | null,
      status: Offer['status'] = 'active',
    ) => makeOffer(provider, 'm', { deprecatedAt, status });
    const [early, late] = [Date.UTC(2027, 0, 1), Date.UTC(2028, 0, 1)];
    expect(view(ends('p', early), ends('q', late))).toMatchObject({
      deprecated_at: '2028-01-01T00:00:00.000Z',
      deactivated_at: null,
      stability: 'stable',
    });
    expect(view(ends('p', early), ends('q', null))).toMatchObject({ deprecated_at: null });
    expect(view(ends('p', early, 'removed'))).toMatchObject({
      deactivated_at: '2027-01-01T00:00:00.000Z',
      stability: 'experimental',
    });
  });
});
