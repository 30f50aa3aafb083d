import { describe, expect, it } from '@jest/globals';
import { customModelRecord, readCustomModels } from './custom-model.js';
import { ownProvidersOf } from './custom-provider.js';

const priced = { id: 'qwen3', prices: { input: '0.10', output: '0.2', web_search: '0.01' } };

describe('models of a provider that was added at run time', () => {
  it('are read again as they were written', () => {
    const records = readCustomModels([priced, { id: 'f', free: true, context_window: 8 }]).map(
      customModelRecord,
    );
    expect(records).toMatchObject([
      { upstream_model: 'qwen3', free: false, prices: { input: '0.1', web_search: '0.01' } },
      { context_window: 8, free: true, prices: null },
    ]);
    expect(readCustomModels(records).map(customModelRecord)).toEqual(records);
  });

  it.each([
    [[{ id: 'm' }], 'models[0].prices: must be given, or the model be free'],
    [[{ id: 'm', prices: { input: '1' } }], 'models[0].prices.output: must be given'],
    [
      [{ ...priced, prices: { ...priced.prices, input: 0.1 } }],
      'prices.input.amount: must be a text',
    ],
    [[priced, priced], 'models[1].id: is there twice'],
    [[{ ...priced, id: 'a b' }], 'models[0].id: must be up to 200 letters'],
    [[{ ...priced, cost: 1 }], 'models[0]: has the unknown key "cost"'],
  ])('%j are none', (models, problem) => {
    expect(() => readCustomModels(models)).toThrow(problem);
  });

  it('have other price versions at providers of the same name', () => {
    const row = {
      slug: 'local',
      name: 'L',
      protocol: 'gemini',
      baseUrl: 'https://a.example',
      models: [priced],
    };
    const versionOf = (id: string): string | undefined =>
      ownProvidersOf([{ ...row, id }]).snapshot.offerAt('local', 'qwen3')?.prices[0]?.id;
    expect(versionOf('prv_1')).toBe(versionOf('prv_1'));
    expect(versionOf('prv_1')).not.toBe(versionOf('prv_2'));
  });
});
