import { describe, expect, it } from '@jest/globals';
import { priceVersionOf } from '../pricing/price-rows.js';
import { costFault, type BookedFigure } from './recompute.js';

const each = (meter: string, amount: string, unit = 'million_tokens') => ({
  meter,
  unit,
  amount,
  conditions: {},
});
const PRICE = priceVersionOf('pv_m', [each('input', '2'), each('output', '8')]);
const SEARCH_PRICE = priceVersionOf('pv_s', [each('web_search', '0.005', 'each')]);

const SEARCHED = { provider: 'serper', model: 'web-search', cost: '0.005' };

const figure = (more: Partial<BookedFigure> = {}): BookedFigure => ({
  call_id: 'tx_osm_1',
  revision: 1,
  units: {
    promptTokens: 1_000,
    completionTokens: 100,
    injectedSearches: 1,
    searchProvider: 'serper',
    searchPriceVersion: 'pv_s',
  },
  amount: '0.0117',
  provider_cost: '0.0028',
  charged: true,
  attempt_costs: [SEARCHED],
  plan_multiplier: '1.5',
  started_at: 0,
  has_lines: true,
  ...more,
});

describe('a figure with a search of the gateway’s own', () => {
  it('costs its units and its search, each at its own price', () => {
    expect(costFault(figure(), PRICE, SEARCH_PRICE)).toBeUndefined();
  });

  it('is wrong where the search is missing in it, or counted twice', () => {
    for (const amount of ['0.0042', '0.0192'])
      expect(costFault(figure({ amount }), PRICE, SEARCH_PRICE)).toMatchObject({
        detail: `costs ${amount}, its units 0.0117`,
      });
  });

  it('is wrong where the price of the search is not known', () => {
    expect(costFault(figure(), PRICE)).toMatchObject({
      detail: 'cannot be priced: its searches have no price',
    });
  });

  it('owes no search where nothing was answered', () => {
    const units = { ...figure().units, promptTokens: 0, completionTokens: 0 };
    const nothing = figure({ units, amount: '0', provider_cost: '0', has_lines: false });
    expect(costFault(nothing, PRICE, SEARCH_PRICE)).toBeUndefined();
  });

  it.each([
    ['missing', null, '0'],
    ['booked twice', [SEARCHED, SEARCHED], '0.01'],
    ['booked at another provider', [{ ...SEARCHED, provider: 'brave' }], '0'],
  ])('is wrong where what the search cost us is %s', (_how, attempt_costs, booked) => {
    expect(costFault(figure({ attempt_costs }), PRICE, SEARCH_PRICE)).toMatchObject({
      detail: `its searches cost us 0.005, not ${booked}`,
    });
  });

  it('costs us no search with the organization’s own credentials', () => {
    const own = figure({ charged: false, amount: '0.0078', attempt_costs: null });
    expect(costFault(own, PRICE, SEARCH_PRICE)).toBeUndefined();
  });
});
