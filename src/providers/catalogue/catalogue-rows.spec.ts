import { describe, expect, it } from '@jest/globals';
import { snapshotOf, type CatalogueRows } from './catalogue-rows.js';

const CAPABILITIES = { tools: true, input_modalities: ['text'], output_modalities: ['text'] };
const LIMITS = { contextWindow: 8_000, maxOutputTokens: null };

const model = (id: string) => ({
  id,
  name: id,
  lab: 'lab',
  family: 'f',
  type: 'chat',
  releaseDate: new Date('2026-01-02'),
  ...LIMITS,
  capabilities: structuredClone(CAPABILITIES),
});
const offer = (id: string, modelId: string) => ({
  id,
  modelId,
  providerId: 'p',
  upstreamModel: id,
  variant: null,
  ...LIMITS,
  capabilities: structuredClone(CAPABILITIES),
  status: 'active',
  suspect: false,
  deprecatedAt: null,
});
const version = (id: string, offerId: string, from: string) => ({
  id,
  offerId,
  validFrom: new Date(from),
  recordedAt: new Date(from),
  source: 's',
});
const component = (priceVersionId: string, position: number, amount: string) => ({
  priceVersionId,
  position,
  meter: 'input',
  unit: 'million_tokens',
  amount,
  conditions: position === 0 ? {} : { input_tokens_above: 200_000 },
});

const ROWS: CatalogueRows = {
  models: [model('a'), model('b')],
  aliases: [{ alias: 'other', modelId: 'a' }],
  offers: [offer('p/a', 'a'), offer('p/b', 'b')],
  versions: [version('v1', 'p/a', '2026-02-01'), version('v2', 'p/b', '2026-03-01')],
  components: [
    component('v1', 0, '1.5'),
    component('v2', 0, '1.5'),
    component('v1', 1, '3'),
    component('v2', 1, '2'),
  ],
};

describe('snapshotOf', () => {
  const snapshot = snapshotOf(ROWS, new Map([['alias', 'p']]));
  const [a] = snapshot.offersOf('a');
  const [b] = snapshot.offersOf('b');

  it('puts rows together', () => {
    expect(snapshot.findModel('other')).toMatchObject({
      id: 'a',
      releasedAt: Date.UTC(2026, 0, 2),
      capabilities: { tools: true, inputModalities: ['text'] },
    });
    expect(snapshot.offerAt('alias', 'b')).toMatchObject({
      prices: [
        {
          id: 'v2',
          validFrom: Date.UTC(2026, 2, 1),
          components: [
            { meter: 'input', price: 1_500_000_000_000n, conditions: {} },
            { price: 2_000_000_000_000n, conditions: { inputTokensAbove: 200_000 } },
          ],
        },
      ],
    });
  });

  it('keeps what is alike once', () => {
    expect(a?.capabilities).toBe(b?.capabilities);
    expect(a?.capabilities).toBe(snapshot.findModel('a')?.capabilities);
    const [ofA, ofB] = [a?.prices[0]?.components, b?.prices[0]?.components];
    expect(ofA?.[0]).toBe(ofB?.[0]);
    expect(ofA?.[1]).not.toBe(ofB?.[1]);
  });

  it.each([
    ['a status', { offers: [{ ...offer('p/a', 'a'), status: 'gone' }] }, 'offer p/a: status'],
    ['a meter', { components: [{ ...component('v1', 0, '1'), meter: 'x' }] }, 'version v1: comp'],
  ])('names the row with %s that no file could hold', (_what, rows, message) => {
    expect(() => snapshotOf({ ...ROWS, ...rows }, new Map())).toThrow(message);
  });
});
