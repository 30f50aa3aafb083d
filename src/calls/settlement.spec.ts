import { describe, expect, it } from '@jest/globals';
import { component } from '../../test/support/catalogue.js';
import { makePrincipal } from '../../test/support/principal.js';
import { makeTarget } from '../../test/support/target.js';
import { formatUsd, parseMultiplier, parseUsd } from '../core/money.js';
import type { PriceComponent } from '../core/price.js';
import type { Target } from '../core/target.js';
import type { Rank, Usage } from '../core/usage.js';
import { settle } from './settlement.js';

const PRICES = [component('input', '2'), component('cache_read', '0.5'), component('output', '8')];
const USAGE: Usage = { promptTokens: 1_000, completionTokens: 100, cachedTokens: 400 };

function settled(
  usage: Usage | undefined,
  {
    prices = PRICES,
    multiplier = '1',
    owner = 'platform',
    rank = 'final',
  }: {
    prices?: PriceComponent[];
    multiplier?: string;
    owner?: 'platform' | 'organization';
    rank?: Rank;
  } = {},
) {
  const base = makeTarget();
  const target: Target = {
    ...base,
    price: { ...base.price, components: prices },
    credential: { ...base.credential, owner },
  };
  const principal = makePrincipal({ planMultiplier: parseMultiplier(multiplier) });
  return settle(usage, rank, target, principal, 0);
}

/** The sum of some decimals, exactly. */
const sumOf = (amounts: readonly string[]) =>
  formatUsd(amounts.reduce((sum, amount) => sum + parseUsd(amount), 0n));

describe('settle', () => {
  it('prices what was used, line by line, and the lines add up', () => {
    const { charge, costs, spent, unpriced } = settled(USAGE);
    expect(charge).toEqual({
      units: USAGE,
      lines: [
        { meter: 'input', quantity: 600, amount: '0.0012' },
        { meter: 'output', quantity: 100, amount: '0.0008' },
        { meter: 'cache_read', quantity: 400, amount: '0.0002' },
      ],
      amount: '0.0022',
      providerCost: '0.0022',
      charged: true,
      rank: 'final',
    });
    expect([formatUsd(spent), unpriced]).toEqual(['0.0022', []]);
    expect(costs[0]).toEqual(['cost_usd_total', '0.0022']);
    expect(sumOf(costs.slice(1).map(([, amount]) => amount))).toBe('0.0022');
  });

  it('the tenant pays by its plan, the provider is owed the list price', () => {
    const { charge, spent } = settled(USAGE, { multiplier: '1.5' });
    expect([charge.amount, formatUsd(spent), charge.providerCost]).toEqual([
      '0.0033',
      '0.0033',
      '0.0022',
    ]);
    expect(sumOf(charge.lines.map(({ amount }) => amount))).toBe('0.0033');
  });

  it('with a key of its own the organization sees the price and pays nothing', () => {
    const { charge, cost, spent } = settled(USAGE, { owner: 'organization', multiplier: '2' });
    expect(formatUsd(cost)).toBe('0.0022');
    expect([charge.amount, charge.charged, spent]).toEqual(['0.0022', false, 0n]);
  });

  it('without usage nothing is owed', () => {
    const { charge, spent, costs } = settled(undefined);
    expect(charge).toMatchObject({ lines: [], amount: '0', providerCost: '0' });
    expect([spent, costs[0]]).toEqual([0n, ['cost_usd_total', '0']]);
  });

  it('what has no price is named, and the figure is no more than an estimate', () => {
    const usage = { ...USAGE, webSearches: 2 };
    const { unpriced, charge } = settled(usage);
    expect([unpriced, charge.amount, charge.rank]).toEqual([['web_search'], '0.0022', 'estimate']);
  });

  it.each<[string, Usage]>([
    ['more cached than there is', { promptTokens: 10, completionTokens: 5, cachedTokens: 11 }],
    ['more reasoning than output', { promptTokens: 10, completionTokens: 5, reasoningTokens: 6 }],
  ])(
    'usage that contradicts itself is priced by its totals, as an estimate: %s',
    (_what, usage) => {
      const { charge } = settled(usage);
      expect(charge).toMatchObject({
        units: { promptTokens: 10, completionTokens: 5 },
        amount: '0.00006',
        rank: 'estimate',
      });
    },
  );

  it('what the provider says that it cost is kept as a decimal', () => {
    const { charge } = settled({ ...USAGE, reportedCost: parseUsd('0.0021') });
    expect(charge.units).toMatchObject({ reportedCost: '0.0021' });
  });

  it('what the provider says that it cost is what we owe it, and nothing to the tenant', () => {
    const { charge, spent } = settled(
      { ...USAGE, reportedCost: parseUsd('0.0021') },
      { multiplier: '1.5' },
    );
    expect([charge.amount, formatUsd(spent), charge.providerCost, charge.rank]).toEqual([
      '0.0033',
      '0.0033',
      '0.0021',
      'final',
    ]);
    expect(settled({ ...USAGE, reportedCost: 0n }).charge.providerCost).toBe('0');
  });

  it('survives JSON as it is: that is how the journal holds it', () => {
    const { charge } = settled(USAGE);
    expect(JSON.parse(JSON.stringify(charge))).toEqual(charge);
  });
});
