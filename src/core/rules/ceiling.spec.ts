import { describe, expect, it } from '@jest/globals';
import { component, version } from '../../../test/support/catalogue.js';
import type { PriceVersion } from '../price.js';
import { excessOf } from './ceiling.js';
import { parseSubject } from './subject.js';

/** Why a price is above a ceiling in decimal USD. */
function excess(
  subject: object,
  price: PriceVersion | undefined,
  serviceTier?: string,
): string | undefined {
  const parsed = parseSubject('price_ceiling', subject);
  if (parsed.kind !== 'price_ceiling') throw new Error('no ceiling');
  return excessOf(parsed.ceiling, price, serviceTier);
}

const plain = version('2.5', '10');
const tiered: PriceVersion = {
  ...version('2', '8'),
  components: [
    ...version('2', '8').components,
    component('input', '3.5', { serviceTier: 'priority' }),
    component('output', '14', { serviceTier: 'priority' }),
    component('input', '12', { serviceTier: 'fast' }),
    component('reasoning', '9'),
    component('request', '5000'),
  ],
};

describe('a price ceiling', () => {
  it.each<[object, string | undefined, boolean]>([
    [{ input: '3.5' }, undefined, true],
    [{ input: '3.499999' }, undefined, false],
    [{ input: '2' }, 'default', true],
    [{ input: '1.99' }, 'default', false],
    [{ input: '3.5' }, 'fast', false],
    [{ input: '12' }, 'fast', true],
    [{ output: '14' }, 'auto', true],
    [{ output: '13' }, 'auto', false],
    [{ output: '9' }, 'default', true],
    [{ output: '8' }, 'default', false],
    [{ request: '0.005' }, undefined, true],
    [{ request: '0.004999999999' }, undefined, false],
    [{ input: '99', output: '99', request: '0' }, undefined, false],
  ])('%j with the tier %s: %s', (ceiling, serviceTier, expected) => {
    expect(excess(ceiling, tiered, serviceTier) === undefined).toBe(expected);
  });

  it('is held against the highest price of every size and hour', () => {
    const sized: PriceVersion = {
      ...plain,
      components: [
        ...plain.components,
        component('input', '5', { inputTokensAbove: 200_000 }),
        component('output', '20', { weekdays: [1] }),
      ],
    };
    expect(excess({ input: '4' }, sized)).toBeDefined();
    expect(excess({ output: '19' }, sized)).toBeDefined();
    expect(excess({ input: '5', output: '20' }, sized)).toBeUndefined();
  });

  it('lets no price through that is not known; no fee is no cost', () => {
    expect(excess({ input: '1000000' }, undefined)).toBe('its price is not known');
    const withoutInput = { ...plain, components: [component('output', '1')] };
    expect(excess({ input: '1000000' }, withoutInput)).toBe('its price is not known');
    expect(excess({ request: '0' }, plain)).toBeUndefined();
    expect(excess({ request: '0' }, undefined)).toBe('its price is not known');
  });

  it('says what it can cost and what it may', () => {
    expect(excess({ input: '1' }, plain)).toBe(
      'it can cost 2.5 USD per 1M input tokens, above the ceiling of 1',
    );
    expect(excess({ request: '0.001' }, tiered)).toBe(
      'it can cost 0.005 USD per request, above the ceiling of 0.001',
    );
  });
});
