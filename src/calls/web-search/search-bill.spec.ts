import { describe, expect, it } from '@jest/globals';
import { component } from '../../../test/support/catalogue.js';
import { makePrincipal } from '../../../test/support/principal.js';
import { makeTarget } from '../../../test/support/target.js';
import { formatUsd, parseMultiplier } from '../../core/money.js';
import type { PriceComponent } from '../../core/price.js';
import type { Credential } from '../../core/target.js';
import type { Plan, SearchTarget } from '../../providers/index.js';
import { demandOf } from '../call-needs.js';
import { CallSignal } from '../call-signal.js';
import type { Call } from '../call.js';
import { chargeOfNothing, settle } from '../settlement.js';
import type { SearchCharge } from './outcome.js';
import { searchExpense } from './search-bill.js';

const PRICES = [component('input', '2'), component('output', '8')];
const USAGE = { promptTokens: 1_000, completionTokens: 100 };
const SEARCH: SearchCharge = {
  provider: 'serper',
  isOurs: true,
  searches: 1,
  price: { id: 'pv_s', validFrom: 0, components: [component('web_search', '5000')] },
};
const UNITS = { injectedSearches: 1, searchProvider: 'serper', searchPriceVersion: 'pv_s' };

function targetOf(owner: Credential['owner'], components: readonly PriceComponent[] = PRICES) {
  const base = makeTarget();
  const credential = { ...base.credential, owner };
  return { ...base, credential, price: { ...base.price, components } };
}

function settled(owner: Credential['owner'], usage: typeof USAGE | undefined, search = SEARCH) {
  const principal = makePrincipal({ planMultiplier: parseMultiplier('1.5') });
  return settle(usage, 'final', targetOf(owner), principal, 0, search);
}

describe('the bill of a call that the gateway searched for', () => {
  it('has a line for it, at the plan’s multiplier; what the model’s provider asks has not', () => {
    const { charge, costs, spent } = settled('platform', USAGE);
    expect(charge).toEqual({
      units: { ...USAGE, ...UNITS },
      lines: [
        { meter: 'input', quantity: 1_000, amount: '0.003' },
        { meter: 'output', quantity: 100, amount: '0.0012' },
        { meter: 'web_search', quantity: 1, amount: '0.0075' },
      ],
      amount: '0.0117',
      providerCost: '0.0028',
      charged: true,
      rank: 'final',
    });
    expect(formatUsd(spent)).toBe('0.0117');
    expect(Object.fromEntries(costs)).toMatchObject({
      cost_usd_total: '0.0117',
      cost_usd_web_search: '0.0075',
    });
  });

  it('with the organization’s own keys is shown at list price and paid by nobody here', () => {
    const { charge, spent } = settled('organization', USAGE);
    expect(charge.lines.at(-1)).toEqual({ meter: 'web_search', quantity: 1, amount: '0.005' });
    expect([charge.charged, spent]).toEqual([false, 0n]);
    expect(charge.units).toEqual({ ...USAGE, ...UNITS });
  });

  it('beside searches of the provider has a line for each', () => {
    const components = [...PRICES, component('web_search', '10000')];
    const used = { ...USAGE, webSearches: 2 };
    const target = targetOf('platform', components);
    const { charge } = settle(used, 'final', target, makePrincipal(), 0, SEARCH);
    expect(charge.lines.slice(2).map(({ amount }) => amount)).toEqual(['0.02', '0.005']);
    expect([charge.amount, charge.providerCost]).toEqual(['0.0278', '0.0228']);
  });

  it('that nobody answered owes nothing, and tells that it was searched for', () => {
    const { charge, spent } = settled('platform', undefined);
    expect([charge.lines, charge.amount, spent]).toEqual([[], '0', 0n]);
    expect(charge.units).toMatchObject(UNITS);
    expect(chargeOfNothing({ owner: 'platform' }, SEARCH)).toMatchObject({
      amount: '0',
      charged: true,
      units: UNITS,
    });
    expect(chargeOfNothing({ owner: 'organization' }, SEARCH)).toMatchObject({
      charged: false,
      units: UNITS,
    });
    expect(chargeOfNothing(undefined, undefined)).toMatchObject({ units: {}, charged: true });
  });
});

describe('what a search costs us', () => {
  it('is its list price at its own provider, whatever the plan makes of it', () => {
    expect(searchExpense({ ...SEARCH, searches: 2 })).toEqual({
      provider: 'serper',
      model: 'web-search',
      cost: '0.01',
    });
  });

  it('is nothing with the organization’s own key, and where searches are free', () => {
    const price = { ...SEARCH.price, components: [component('web_search', '0')] };
    expect(searchExpense({ ...SEARCH, isOurs: false })).toBeUndefined();
    expect(searchExpense({ ...SEARCH, price })).toBeUndefined();
  });
});

function demand(searches: readonly string[] | undefined, components = PRICES) {
  const request = {
    model: 'm',
    messages: [{ role: 'user' as const, content: 'Hello' }],
    max_tokens: 10,
  };
  const targets = searches?.map((usd) => ({
    pricePerMillion: component('web_search', usd).price,
  })) as readonly SearchTarget[] | undefined;
  const wish = { contextSize: 'low' } as const;
  const search = targets && { mode: 'injected', wish, targets };
  const target = targetOf('platform', components);
  const plan = { target, protocol: {}, request, dropped: [], search } as unknown as Plan;
  const call = {
    principal: makePrincipal({ planMultiplier: parseMultiplier('2') }),
    request: searches ? { ...request, web_search: true } : request,
    context: { tags: {} },
    startedAt: 0,
    signal: new CallSignal(),
  } as unknown as Call;
  return demandOf(call, [plan], 1_000);
}

describe('a fee that depends on how much is read', () => {
  const fees = [
    ...PRICES,
    component('request', '5000'),
    component('request', '12000', { searchContextSize: 'high' }),
  ];

  it('is charged by what the answer tells, also where its counts contradict themselves', () => {
    const cost = (more: object): string =>
      settle({ ...USAGE, ...more }, 'final', targetOf('platform', fees), makePrincipal(), 0).charge
        .amount;
    expect(cost({})).toBe('0.0078');
    expect(cost({ searchContextSize: 'high' })).toBe('0.0148');
    expect(cost({ searchContextSize: 'high', cachedTokens: 5_000 })).toBe('0.0148');
  });

  it('is set aside by what is asked for', () => {
    const native = (contextSize: string | undefined) => {
      const request = { model: 'm', messages: [], max_tokens: 1 };
      const search = { mode: 'native', wish: { contextSize } };
      const target = targetOf('platform', fees);
      const plan = { target, protocol: {}, request, dropped: [], search } as unknown as Plan;
      const context = { tags: {} };
      const principal = makePrincipal();
      const call = { principal, request, context, startedAt: 0 } as unknown as Call;
      return demandOf(call, [plan], 1_000).needs.credit;
    };
    expect(formatUsd(native('high') - native(undefined))).toBe('0.007');
  });
});

describe('what is set aside for a call that the gateway searches for', () => {
  it('is a search at the dearest price, and all that may be quoted', () => {
    const without = demand(undefined).needs;
    const { needs } = demand(['1000', '8000']);
    // 0.008 for the search and 6,144 tokens at 2 USD a million, twice for the plan.
    expect(formatUsd(needs.credit - without.credit)).toBe('0.040576');
    expect(formatUsd(needs.tokens - without.tokens)).toBe('6144');
  });

  it('is not free because the model is', () => {
    const free = [component('input', '0'), component('output', '0')];
    expect(demand(undefined, free).subject.isFree).toBe(true);
    expect(demand(['1000'], free).subject.isFree).toBe(false);
    expect(demand(['0'], free).subject.isFree).toBe(true);
  });
});
