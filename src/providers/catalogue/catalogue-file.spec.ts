import { describe, expect, it } from '@jest/globals';
import { parseModels, parseOffers } from './catalogue-file.js';

type Json = Record<string, unknown>;

const CAPABILITIES: Json = { tools: true, input_modalities: ['text'], output_modalities: ['text'] };
const INPUT: Json = { meter: 'input', unit: 'million_tokens', amount: '2.50' };
const SEARCH: Json = { meter: 'web_search', unit: 'each', amount: '0.01' };
const PRICE: Json = { valid_from: '2026-07-02', source: 'a list', components: [INPUT, SEARCH] };
const OFFER: Json = {
  id: 'openai/gpt-4o',
  model: 'gpt-4o',
  upstream_model: 'gpt-4o',
  status: 'active',
  suspect: false,
  capabilities: CAPABILITIES,
  prices: [PRICE],
};
const MODEL: Json = {
  id: 'gpt-4o',
  name: 'GPT-4o',
  family: 'gpt',
  type: 'chat',
  capabilities: CAPABILITIES,
};

function offers(...entries: Json[]) {
  return parseOffers({
    name: 'offers/openai.json',
    text: JSON.stringify({ provider: 'openai', offers: entries }),
  });
}

function priced(change: Json) {
  return offers({ ...OFFER, prices: [{ ...PRICE, ...change }] });
}

function component(change: Json) {
  return priced({ components: [SEARCH, { ...INPUT, ...change }] });
}

describe('parseOffers', () => {
  it('reads an offer; what is absent is null or absent', () => {
    expect(offers(OFFER)).toEqual([
      {
        id: 'openai/gpt-4o',
        modelId: 'gpt-4o',
        providerId: 'openai',
        upstreamModel: 'gpt-4o',
        variant: null,
        status: 'active',
        suspect: false,
        deprecatedAt: null,
        contextWindow: null,
        maxOutputTokens: null,
        capabilities: { tools: true, inputModalities: ['text'], outputModalities: ['text'] },
        prices: [
          {
            id: expect.stringMatching(/^pv_[0-9a-f]{32}$/),
            validFrom: Date.UTC(2026, 6, 2),
            source: 'a list',
            components: [
              { meter: 'input', unit: 'million_tokens', amount: '2.5', conditions: {} },
              { meter: 'web_search', unit: 'each', amount: '0.01', conditions: {} },
            ],
          },
        ],
      },
    ]);
  });

  it('gives a version an id that tells offer, start and prices, not their spelling or source', () => {
    const idOf = (parsed: ReturnType<typeof offers>): string | undefined =>
      parsed[0]?.prices[0]?.id;
    const id = idOf(offers(OFFER));
    expect(idOf(priced({ source: 'another' }))).toBe(id);
    expect(idOf(priced({ components: [{ ...INPUT, amount: '2.5' }, SEARCH] }))).toBe(id);
    const others = [
      priced({ valid_from: '2026-07-03' }),
      priced({ components: [{ ...INPUT, amount: '2.6' }, SEARCH] }),
      priced({ components: [{ ...INPUT, conditions: { service_tier: 'flex' } }, SEARCH] }),
      offers({ ...OFFER, id: 'openai/other', model: 'other' }),
    ];
    expect(new Set([id, ...others.map(idOf)]).size).toBe(others.length + 1);
  });

  const where = 'offers/openai.json: openai/gpt-4o: ';
  it.each<[string, () => unknown, string]>([
    [
      'an unknown key',
      () => offers({ ...OFFER, region: 'eu' }),
      `${where}has the unknown key "region"`,
    ],
    [
      'an unknown price key',
      () => component({ note: '' }),
      `${where}prices[0].components[1]: has the unknown key "note"`,
    ],
    [
      'a foreign id',
      () => offers({ ...OFFER, id: 'groq/gpt-4o' }),
      'offers/openai.json: groq/gpt-4o: id: must start with openai/',
    ],
    [
      'an id that is not the model',
      () => offers({ ...OFFER, model: 'gpt' }),
      `${where}id: must be openai/gpt, or`,
    ],
    [
      'a status that is not one',
      () => offers({ ...OFFER, status: 'alive' }),
      `${where}status: must be one of active, `,
    ],
    [
      'a missing field',
      () => offers({ ...OFFER, suspect: undefined }),
      `${where}suspect: must be true or false`,
    ],
    [
      'a limit of zero',
      () => offers({ ...OFFER, context_window: 0 }),
      `${where}context_window: must be a whole number`,
    ],
    [
      'a modality',
      () => offers({ ...OFFER, capabilities: { ...CAPABILITIES, input_modalities: ['smell'] } }),
      `${where}capabilities.input_modalities[0]: must be one of`,
    ],
    [
      'an amount that is a number',
      () => component({ amount: 2.5 }),
      `${where}prices[0].components[1].amount: must be a text`,
    ],
    [
      'an amount with an exponent',
      () => component({ amount: '1e-6' }),
      `${where}prices[0].components[1].amount: must be a plain decimal`,
    ],
    [
      'a negative amount',
      () => component({ amount: '-1' }),
      `${where}prices[0].components[1].amount: must not be negative`,
    ],
    [
      'an amount out of all reason',
      () => component({ amount: '1000001' }),
      `${where}prices[0].components[1].amount: is above`,
    ],
    [
      'a unit that is not the meter’s',
      () => component({ unit: 'each' }),
      `${where}prices[0].components[1].unit: must be million_tokens for input`,
    ],
    [
      'a meter',
      () => component({ meter: 'inputs' }),
      `${where}prices[0].components[1].meter: must be one of`,
    ],
    [
      'a threshold of zero',
      () => component({ conditions: { input_tokens_above: 0 } }),
      `${where}prices[0].components[1].conditions.input_tokens_above: must be`,
    ],
    [
      'a window across midnight',
      () => component({ conditions: { utc_windows: ['22:00-02:00'] } }),
      `${where}prices[0].components[1].conditions.utc_windows[0]: must end after`,
    ],
    [
      'a window without form',
      () => component({ conditions: { utc_windows: ['1-4'] } }),
      `${where}prices[0].components[1].conditions.utc_windows[0]: must be a window`,
    ],
    [
      'a weekday',
      () => component({ conditions: { weekdays: [7] } }),
      `${where}prices[0].components[1].conditions.weekdays[0]: must be a weekday`,
    ],
    [
      'conditions that never hold',
      () => component({ conditions: { weekdays: [] } }),
      `${where}prices[0].components[1].conditions.weekdays: must not be empty`,
    ],
    [
      'a meter twice',
      () => priced({ components: [INPUT, { ...INPUT, amount: '3' }] }),
      `${where}prices[0].components[1]: prices input a second time`,
    ],
    [
      'no components',
      () => priced({ components: [] }),
      `${where}prices[0].components: must not be empty`,
    ],
    [
      'a day that is not there',
      () => priced({ valid_from: '2026-02-30' }),
      `${where}prices[0].valid_from: must be a date`,
    ],
    [
      'prices out of order',
      () => offers({ ...OFFER, prices: [PRICE, PRICE] }),
      `${where}prices[1].valid_from: must be after`,
    ],
    [
      'what is not JSON',
      () => parseOffers({ name: 'offers/x.json', text: '{' }),
      'offers/x.json: is not JSON: ',
    ],
    [
      'what is not an object',
      () => parseOffers({ name: 'offers/x.json', text: '[]' }),
      'offers/x.json: must be an object',
    ],
  ])('refuses %s and says where', (_what, parse, message) => {
    expect(parse).toThrow(
      expect.objectContaining({
        name: 'CatalogueFileError',
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe('parseModels', () => {
  const models = (...entries: Json[]) =>
    parseModels({
      name: 'models/openai.json',
      text: JSON.stringify({ lab: 'openai', models: entries }),
    });

  it('reads a model; a release known to the month is dated to its first day', () => {
    expect(models({ ...MODEL, release_date: '2024-05' })[0]).toMatchObject({
      id: 'gpt-4o',
      lab: 'openai',
      type: 'chat',
      releasedAt: Date.UTC(2024, 4, 1),
      contextWindow: null,
    });
  });

  it('refuses a type that is not one', () => {
    expect(() => models({ ...MODEL, type: 'video' })).toThrow(
      'models/openai.json: gpt-4o: type: must be one of',
    );
  });
});
