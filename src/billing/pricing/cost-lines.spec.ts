import { describe, expect, it } from '@jest/globals';
import { ONE, formatUsd, parseMultiplier, parseUsd, UNITS_PER_PRICE } from '../../core/money.js';
import type { Meter, PriceConditions, PriceVersion } from '../../core/price.js';
import type { Usage } from '../../core/usage.js';
import { priceUsage } from './cost-lines.js';

type Price = readonly [Meter, string, PriceConditions?];

/** Per million tokens; requests and searches each. */
function version(...prices: readonly Price[]): PriceVersion {
  const components = prices.map(([meter, usd, conditions = {}]) => {
    const each = meter === 'request' || meter === 'web_search';
    return { meter, price: parseUsd(usd) * (each ? UNITS_PER_PRICE : 1n), conditions };
  });
  return { id: 'pv', validFrom: 0, components };
}

function bill(
  usage: Partial<Usage>,
  prices: PriceVersion,
  time = '2026-11-23T12:00:00Z',
  multiplier = '1',
) {
  const context = { at: Date.parse(time), multiplier: parseMultiplier(multiplier) };
  const priced = priceUsage({ promptTokens: 0, completionTokens: 0, ...usage }, prices, context);
  const { lines, total } = priced.kind === 'priced' ? priced : priced.atLeast;
  const amounts = lines.map(
    ({ meter, quantity, amount }) => `${meter} ${quantity} ${formatUsd(amount)}`,
  );
  return { kind: priced.kind, lines: amounts, total: formatUsd(total) };
}

const GPT_4O = version(
  ['input', '2.5'],
  ['cache_read', '1.25'],
  ['output', '10'],
  ['web_search', '0.01'],
);
const LONG = version(
  ['input', '1.25'],
  ['output', '10'],
  ['cache_read', '0.125'],
  ['input', '2.5', { inputTokensAbove: 200_000 }],
  ['output', '15', { inputTokensAbove: 200_000 }],
);
const GPT_5 = version(
  ['input', '1.25'],
  ['output', '10'],
  ['input', '0.625', { serviceTier: 'flex' }],
  ['output', '5', { serviceTier: 'flex' }],
  ['input', '2.5', { serviceTier: 'priority' }],
  ['output', '20', { serviceTier: 'priority' }],
);
const peak = { utcWindows: [{ fromMinute: 60, toMinute: 240 }], weekdays: [1, 2, 3, 4, 5] };
const DEEPSEEK = version(
  ['input', '0.15'],
  ['output', '0.6'],
  ['input', '0.3', peak],
  ['output', '1.2', peak],
);
const CLAUDE = version(
  ['input', '3'],
  ['cache_read', '0.3'],
  ['cache_write_5m', '3.75'],
  ['cache_write_1h', '6'],
  ['output', '15'],
);

/** Each amount was worked out by hand from the price per million. */
const GOLDEN: readonly [string, ReturnType<typeof bill>, readonly string[], string][] = [
  [
    'the sample of the seed page: 0.0000225 + 0.0002625 = 0.000285',
    bill({ promptTokens: 15, completionTokens: 42 }, version(['input', '1.5'], ['output', '6.25'])),
    ['input 15 0.0000225', 'output 42 0.0002625'],
    '0.000285',
  ],
  [
    'the same tokens at the list price of gpt-4o',
    bill({ promptTokens: 15, completionTokens: 42 }, GPT_4O),
    ['input 15 0.0000375', 'output 42 0.00042'],
    '0.0004575',
  ],
  [
    'cached input and a search',
    bill(
      { promptTokens: 2_000, cachedTokens: 1_024, completionTokens: 10, webSearches: 2 },
      GPT_4O,
    ),
    ['input 976 0.00244', 'output 10 0.0001', 'cache_read 1024 0.00128', 'web_search 2 0.02'],
    '0.02382',
  ],
  [
    'a multiplier on every line',
    bill({ promptTokens: 15, completionTokens: 42 }, GPT_4O, undefined, '1.05'),
    ['input 15 0.000039375', 'output 42 0.000441'],
    '0.000480375',
  ],
  [
    'exactly at the threshold, cached tokens included',
    bill({ promptTokens: 200_000, cachedTokens: 100_000, completionTokens: 1 }, LONG),
    ['input 100000 0.125', 'output 1 0.00001', 'cache_read 100000 0.0125'],
    '0.13751',
  ],
  [
    'one token above it: the whole request',
    bill({ promptTokens: 200_001, cachedTokens: 100_000, completionTokens: 1 }, LONG),
    ['input 100001 0.2500025', 'output 1 0.000015', 'cache_read 100000 0.0125'],
    '0.2625175',
  ],
  [
    'flex',
    bill({ promptTokens: 1_000, completionTokens: 100, serviceTier: 'flex' }, GPT_5),
    ['input 1000 0.000625', 'output 100 0.0005'],
    '0.001125',
  ],
  [
    'priority',
    bill({ promptTokens: 1_000, completionTokens: 100, serviceTier: 'priority' }, GPT_5),
    ['input 1000 0.0025', 'output 100 0.002'],
    '0.0045',
  ],
  [
    'priority asked for, default answered',
    bill({ promptTokens: 1_000, completionTokens: 100, serviceTier: 'default' }, GPT_5),
    ['input 1000 0.00125', 'output 100 0.001'],
    '0.00225',
  ],
  [
    'off the peak',
    bill({ promptTokens: 1_000, completionTokens: 100 }, DEEPSEEK, '2026-11-23T04:00:00Z'),
    ['input 1000 0.00015', 'output 100 0.00006'],
    '0.00021',
  ],
  [
    'at the peak',
    bill({ promptTokens: 1_000, completionTokens: 100 }, DEEPSEEK, '2026-11-23T03:59:59Z'),
    ['input 1000 0.0003', 'output 100 0.00012'],
    '0.00042',
  ],
  [
    'cache writes of five minutes and an hour',
    bill(
      {
        promptTokens: 5_000,
        cachedTokens: 1_000,
        cacheWrite5mTokens: 2_000,
        cacheWrite1hTokens: 500,
        completionTokens: 1,
      },
      CLAUDE,
    ),
    [
      'input 1500 0.0045',
      'output 1 0.000015',
      'cache_read 1000 0.0003',
      'cache_write_5m 2000 0.0075',
      'cache_write_1h 500 0.003',
    ],
    '0.015315',
  ],
  [
    'a fee per request, and reasoning priced apart',
    bill(
      { promptTokens: 10, completionTokens: 30, reasoningTokens: 20 },
      version(['input', '2'], ['output', '8'], ['reasoning', '3'], ['request', '0.005']),
    ),
    ['input 10 0.00002', 'output 10 0.00008', 'reasoning 20 0.00006', 'request 1 0.005'],
    '0.00516',
  ],
  ['nothing used', bill({}, GPT_4O), [], '0'],
  [
    'half of a pico-dollar, rounded up once a line',
    bill(
      { promptTokens: 1, completionTokens: 1 },
      version(['input', '0.000001'], ['output', '0.000001']),
      undefined,
      '0.5',
    ),
    ['input 1 0.000000000001', 'output 1 0.000000000001'],
    '0.000000000002',
  ],
];

describe('priceUsage', () => {
  it.each(GOLDEN)('%s', (_name, actual, lines, total) => {
    expect(actual).toEqual({ kind: 'priced', lines, total });
  });

  it('never passes off the bill of the priced part for the whole', () => {
    const usage = { promptTokens: 10, completionTokens: 30, completionAudioTokens: 20 };
    const context = { at: 0, multiplier: ONE };
    expect(priceUsage(usage, GPT_4O, context)).toEqual({
      kind: 'unpriced',
      meters: ['output_audio'],
      atLeast: {
        lines: [
          { meter: 'input', quantity: 10, amount: parseUsd('0.000025') },
          { meter: 'output', quantity: 10, amount: parseUsd('0.0001') },
        ],
        total: parseUsd('0.000125'),
      },
    });
  });

  it('refuses usage that contradicts itself', () => {
    expect(() => bill({ promptTokens: 1, cachedTokens: 2 }, GPT_4O)).toThrow(RangeError);
  });
});
