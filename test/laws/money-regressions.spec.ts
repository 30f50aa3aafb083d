import { describe, expect, it } from '@jest/globals';
import { priceUsage } from '../../src/billing/pricing/cost-lines.js';
import { settle } from '../../src/calls/settlement.js';
import { formatUsd, ONE, parseUsd } from '../../src/core/money.js';
import type { Meter, PriceVersion } from '../../src/core/price.js';
import { readEnvironment } from '../../src/platform/read-environment.js';
import { openrouter } from '../../src/providers/definitions/openrouter.js';
import { readUsage } from '../../src/providers/protocols/chat-completions/usage.js';
import { ROUTES } from '../../src/tenants/access/route-table.js';
import { makePrincipal } from '../support/principal.js';
import { makeTarget } from '../support/target.js';

/** Prices of these meters, USD per million. */
function priceOf(prices: Partial<Record<Meter, string>>): PriceVersion {
  const components = Object.entries(prices).map(([meter, price]) => ({
    meter: meter as Meter,
    price: parseUsd(price),
    conditions: {},
  }));
  return { id: 'v', validFrom: 0, components };
}

const at = Date.UTC(2026, 0, 1);
const target = (prices: Partial<Record<Meter, string>>) => ({
  ...makeTarget(),
  price: priceOf(prices),
});

/** The ways in which others counted wrong; each was somebody's incident. */
describe('what went wrong elsewhere', () => {
  it('llmgateway PR 3443: a stream that failed is billed by an estimate', () => {
    const { charge } = settle(
      undefined,
      'final',
      target({ input: '5', output: '25', request: '1' }),
      makePrincipal(),
      at,
    );
    expect(charge).toMatchObject({ amount: '0', providerCost: '0', lines: [] });
  });

  it('llmgateway PR 3435, LiteLLM #9812, #40006: reasoning and cached tokens are billed twice', () => {
    const usage = {
      promptTokens: 100,
      completionTokens: 50,
      cachedTokens: 40,
      reasoningTokens: 30,
    };
    const prices = priceOf({ input: '2', cache_read: '1', output: '10', reasoning: '10' });
    const priced = priceUsage(usage, prices, { at, multiplier: ONE });
    expect(priced).toMatchObject({ kind: 'priced', total: parseUsd('0.00066') });
    const quantities = 'lines' in priced ? priced.lines.map(({ quantity }) => quantity) : [];
    expect(quantities.reduce((sum, quantity) => sum + quantity, 0)).toBe(150);
  });

  it('LiteLLM PR 36561: a model without a price is booked as free', () => {
    const usage = { promptTokens: 10, completionTokens: 10 };
    const priced = priceUsage(usage, priceOf({ input: '1' }), { at, multiplier: ONE });
    expect(priced).toMatchObject({ kind: 'unpriced', meters: ['output'] });
    const { charge, unpriced } = settle(
      usage,
      'final',
      target({ input: '1' }),
      makePrincipal(),
      at,
    );
    expect([charge.rank, unpriced]).toEqual(['estimate', ['output']]);
  });

  it('preloop #224: the cost fields of OpenRouter are added up', () => {
    const usage = readUsage(
      {
        usage: {
          prompt_tokens: 1_000_000,
          completion_tokens: 0,
          cost: 2,
          cost_details: { upstream_inference_cost: 2, upstream_inference_prompt_cost: 2 },
        },
      },
      openrouter.quirks,
    );
    const { charge } = settle(usage, 'final', target({ input: '3' }), makePrincipal(), at);
    expect([charge.amount, charge.providerCost]).toEqual(['3', '2']);
  });

  it('LiteLLM #8867: money is a float', () => {
    const sum = Array.from({ length: 10 }, () => parseUsd('0.1')).reduce((so, one) => so + one);
    expect(formatUsd(sum)).toBe('1');
    expect(formatUsd(parseUsd('90071992547409.930000000001'))).toBe('90071992547409.930000000001');
  });

  it('CVE-2026-41432: a webhook of payments trusts an empty secret', () => {
    const open = Object.entries(ROUTES).filter(
      ([route, { access }]) => access === 'public' && !route.startsWith('GET '),
    );
    expect(open).toEqual([]);
    const environment = { NODE_ENV: 'test', DATABASE_URL: 'postgres://x', ADMIN_TOKEN: 'short' };
    expect(() => readEnvironment(environment)).toThrow('ADMIN_TOKEN');
  });
});
