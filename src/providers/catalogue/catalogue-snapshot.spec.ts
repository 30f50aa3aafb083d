import { describe, expect, it } from '@jest/globals';
import type { Offer } from '../../core/offer.js';
import { CatalogueSnapshot, type CatalogueModel } from './catalogue-snapshot.js';

const capabilities = { inputModalities: ['text'], outputModalities: ['text'] } as const;

function model(id: string): CatalogueModel {
  const limits = { releasedAt: null, contextWindow: null, maxOutputTokens: null };
  return { id, name: id, lab: 'lab', family: 'family', type: 'chat', ...limits, capabilities };
}

function offer(
  providerId: string,
  modelId: string,
  upstreamModel = modelId,
  variant: string | null = null,
): Offer {
  const id = variant === null ? `${providerId}/${modelId}` : `${providerId}/${modelId}:${variant}`;
  const limits = { contextWindow: null, maxOutputTokens: null };
  return {
    id,
    modelId,
    providerId,
    upstreamModel,
    variant,
    ...limits,
    capabilities,
    status: 'active',
    suspect: false,
    prices: [],
  };
}

const llama = offer('groq', 'llama', 'llama-versatile');
const batch = offer('openrouter', 'llama', 'meta/llama:batch', 'batch');
const routed = offer('openrouter', 'llama', 'meta/llama');
const misleading = offer('groq', 'small', 'large');
const large = offer('groq', 'large', 'large-v2');
const snapshot = CatalogueSnapshot.of({
  models: [model('llama'), model('small'), model('large')],
  aliases: new Map([['llama-70b', 'llama']]),
  offers: [routed, batch, llama, misleading, large],
  providerAliases: new Map([['groq-cloud', 'groq']]),
});

describe('CatalogueSnapshot', () => {
  it('finds a model by its id or an alias, and by nothing else', () => {
    expect(snapshot.findModel('llama')?.id).toBe('llama');
    expect(snapshot.findModel('llama-70b')?.id).toBe('llama');
    expect(snapshot.findModel('Llama')).toBeUndefined();
    expect(snapshot.findModel('llama-')).toBeUndefined();
    expect(snapshot.findModel('')).toBeUndefined();
  });

  it('lists every offer of a model, ordered by id', () => {
    expect(snapshot.offersOf('llama').map(({ id }) => id)).toEqual([
      'groq/llama',
      'openrouter/llama',
      'openrouter/llama:batch',
    ]);
    expect(snapshot.offersOf('llama-70b')).toEqual([]);
  });

  it.each([
    ['groq', 'llama', llama],
    ['groq', 'llama-versatile', llama],
    ['groq', 'llama-70b', llama],
    ['groq-cloud', 'llama', llama],
    ['openrouter', 'meta/llama', routed],
    ['openrouter', 'llama:batch', batch],
    ['openrouter', 'meta/llama:batch', batch],
    ['groq', 'large', large],
    ['groq', 'meta/llama', undefined],
    ['openai', 'llama', undefined],
  ])('%s/%s pins one offer', (provider, name, expected) => {
    expect(snapshot.offerAt(provider, name)).toBe(expected);
  });

  it('has the latest price that had begun, and none before the first', () => {
    const prices = [100, 200].map((validFrom) => ({
      id: `from ${validFrom}`,
      validFrom,
      components: [],
    }));
    const at = (moment: number) => snapshot.priceAt({ ...llama, prices }, moment)?.id;
    expect([99, 100, 199, 200, 10_000].map(at)).toEqual([
      undefined,
      'from 100',
      'from 100',
      'from 200',
      'from 200',
    ]);
  });

  it('does not change with what it was built from', () => {
    const aliases = new Map([['a', 'llama']]);
    const built = CatalogueSnapshot.of({ models: [model('llama')], aliases, offers: [] });
    aliases.set('b', 'llama');
    expect(built.findModel('b')).toBeUndefined();
    expect(built.aliasesOf('llama')).toEqual(['a']);
  });
});

describe('nextPriceChange', () => {
  const priced = (id: string, ...starts: number[]): Offer => ({
    ...offer('groq', id),
    prices: starts.map((validFrom) => ({ id: `${id}@${validFrom}`, validFrom, components: [] })),
  });
  const dated = CatalogueSnapshot.of({
    models: [model('a'), model('b'), model('c')],
    aliases: new Map(),
    offers: [priced('a', 10, 500, 900), priced('b', 20, 700), priced('c')],
  });

  it.each([
    [0, 10],
    [10, 20],
    [20, 500],
    [500, 700],
    [700, 900],
    [900, Infinity],
  ])('after %d it is %d', (after, next) => expect(dated.nextPriceChange(after)).toBe(next));
});
