import { describe, expect, it } from '@jest/globals';
import {
  catalogueFiles,
  PROVIDER_IDS,
  projectCatalogue,
  snapshotOfSet,
} from '../../../test/support/project-catalogue.js';
import { formatUsd } from '../../core/money.js';
import { parseOffers } from './catalogue-file.js';
import { parseCatalogue } from './catalogue-set.js';

const files = catalogueFiles();
const set = projectCatalogue();
const snapshot = snapshotOfSet(set);

function change(name: string, from: string, to: string) {
  const file = files.find((candidate) => candidate.name === name);
  if (!file?.text.includes(from)) throw new Error(`${name} does not hold ${from}`);
  return files.map((other) =>
    other === file ? { name, text: file.text.replace(from, to) } : other,
  );
}

describe('the catalogue of this project', () => {
  it('has offers of every provider, and of no other', () => {
    const withOffers = new Set(set.offers.map(({ providerId }) => providerId));
    expect([...withOffers].sort()).toEqual([...PROVIDER_IDS].sort());
  });

  it('has more than 500 models', () => {
    expect(set.models.length).toBeGreaterThan(500);
  });

  it('keeps files for providers to come, all of them valid, apart from those that are there', () => {
    const waiting = files.filter(({ name }) => name.startsWith('waiting/'));
    const models = new Set(set.models.map(({ id }) => id));
    for (const file of waiting) {
      const offers = parseOffers(file);
      expect(offers.length).toBeGreaterThan(0);
      expect(offers.filter(({ modelId }) => !models.has(modelId))).toEqual([]);
      expect(offers.filter(({ providerId }) => PROVIDER_IDS.has(providerId))).toEqual([]);
    }
  });

  it('has at most one offer without a variant for each provider and model', () => {
    const plain = set.offers.filter(({ variant }) => variant === null).map(({ id }) => id);
    expect(plain.length).toBe(new Set(plain).size);
    expect(
      set.offers.filter(
        ({ upstreamModel, variant }) => upstreamModel.endsWith(':batch') && variant !== 'batch',
      ),
    ).toEqual([]);
  });

  it.each([
    ['openai', 'gpt-4o', { input: '2.5', output: '10', cache_read: '1.25', web_search: '10000' }],
    [
      'anthropic',
      'claude-sonnet-4-6',
      { input: '3', cache_write_5m: '3.75', cache_write_1h: '6', output: '15' },
    ],
    ['google-ai-studio', 'gemini-2.5-flash', { input: '0.3', input_audio: '1', output: '2.5' }],
    ['groq', 'llama-3.3-70b-instruct', { input: '0.59', output: '0.79' }],
  ])('%s/%s has its list price', (provider, name, expected) => {
    const offer = snapshot.offerAt(provider, name);
    const components = offer && snapshot.priceAt(offer, Date.UTC(2026, 10, 22))?.components;
    const plain =
      components?.filter(({ conditions }) => Object.keys(conditions).length === 0) ?? [];
    expect(
      Object.fromEntries(plain.map(({ meter, price }) => [meter, formatUsd(price)])),
    ).toMatchObject(expected);
  });

  it('has announced prices that begin on their day', () => {
    const offer = snapshot.offerAt('google-ai-studio', 'gemini-3.7-flash');
    const inputAt = (day: number) =>
      offer &&
      snapshot.priceAt(offer, day)?.components.find(({ meter }) => meter === 'input')?.price;
    expect(inputAt(Date.UTC(2027, 0, 1))).toBe(2n * (inputAt(Date.UTC(2027, 0, 1) - 1) ?? 0n));
  });

  it('finds a model by the names that providers give it', () => {
    expect(snapshot.offerAt('groq', 'llama-3.3-70b-versatile')?.id).toBe(
      'groq/llama-3.3-70b-instruct',
    );
    expect(snapshot.offerAt('openrouter', 'openai/gpt-4o')?.id).toBe('openrouter/gpt-4o');
    expect(snapshot.offerAt('openrouter', 'gpt-4o:batch')?.variant).toBe('batch');
    expect(snapshot.findModel('claude-haiku-4-5-20251001')?.id).toBe('claude-haiku-4-5');
    expect(snapshot.offerAt('anthropic', 'claude-haiku-4-5-20251001')?.upstreamModel).toBe(
      'claude-haiku-4-5-20251001',
    );
  });

  it('serves the names of the README from the sandbox, at the prices of the real ones', () => {
    for (const [provider, name] of [
      ['openai', 'gpt-4o'],
      ['anthropic', 'claude-sonnet-4-6'],
      ['google-ai-studio', 'gemini-2.5-flash'],
    ] as const) {
      const prices = (from: string) => snapshot.offerAt(from, name)?.prices.at(-1)?.components;
      expect(prices('sandbox')).toBeDefined();
      expect(prices('sandbox')).toEqual(prices(provider));
    }
  });
});

describe('parseCatalogue', () => {
  it.each([
    [
      'offers/openai.json',
      '"model": "gpt-4o"',
      '"model": "gpt-4oo", "variant": "x"',
      'openai/gpt-4o: model: there is no model gpt-4oo',
    ],
    [
      'offers/openai.json',
      '"upstream_model": "gpt-4o"',
      '"upstream_model": "gpt-4o-mini"',
      'the upstream model openai/gpt-4o-mini is there twice',
    ],
    [
      'offers/openai.json',
      '"id": "openai/gpt-4o"',
      '"id": "openai/gpt-4o-mini", "variant": "x"',
      'the offer openai/gpt-4o-mini is there twice',
    ],
    [
      'models/openai.json',
      '"id": "gpt-4o"',
      '"id": "gpt-4o-mini"',
      'the model gpt-4o-mini is there twice',
    ],
    [
      'aliases.json',
      '"alias": "gpt-5.6"',
      '"alias": "gpt-4o"',
      'aliases.json: gpt-4o is the id of a model',
    ],
    ['aliases.json', '"model": "gpt-5.6-sol"', '"model": "gpt-x"', 'there is no model gpt-x'],
  ])('refuses %s with %s made %s', (name, from, to, message) => {
    expect(() => parseCatalogue(change(name, from, to), PROVIDER_IDS)).toThrow(message);
  });

  it('refuses offers of a provider that is not there', () => {
    const others = new Set([...PROVIDER_IDS].filter((id) => id !== 'groq'));
    expect(() => parseCatalogue(files, others)).toThrow(
      /^offers\/groq\.json: groq\/.*no provider groq/,
    );
  });
});
