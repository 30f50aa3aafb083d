import { describe, expect, it } from '@jest/globals';
import { planOf } from '../../../../test/support/import-plan.js';
import { nativeCatalogue } from '../../../../test/support/native-catalogue.js';
import { CatalogueImportError, type ImportFormat } from './imported.js';

function problems(text: string, format: ImportFormat = 'native'): readonly string[] {
  try {
    planOf(text, format);
  } catch (error) {
    if (error instanceof CatalogueImportError) return error.problems;
    throw error;
  }
  throw new Error('it was taken over');
}

const whole = nativeCatalogue();

describe('a source that is not valid', () => {
  const native = (price: string): string =>
    `{"offers": [{"provider": "openai", "offers": [{"id": "openai/gpt-4o", "model": "gpt-4o", "upstream_model": "gpt-4o", "status": "active", "suspect": false, "capabilities": {"input_modalities": ["text"], "output_modalities": ["text"]}, "prices": [{"valid_from": "2026-11-01", "source": "test", "components": [${price}]}]}]}]}`;
  const genai = (prices: string): string =>
    `[{"id": "openai", "models": [{"id": "gpt-4o", "prices": ${prices}}]}]`;

  it.each<[string, ImportFormat, string, string]>([
    ['cut in the middle', 'native', whole.slice(0, 50_000), 'the file ends in the middle, at line'],
    [
      'a float artefact',
      'genai-prices',
      genai('{"input_mtok": 0.7499999999999999}'),
      'openai/gpt-4o.input_mtok is an artefact of floating point: 0.7499999999999999',
    ],
    [
      'a float artefact in a text',
      'native',
      native('{"meter": "input", "unit": "million_tokens", "amount": "0.7499999999999999"}'),
      'the file: openai/gpt-4o: prices[0].components[0].amount: must be a plain decimal with at most 12 places',
    ],
    [
      'a negative price',
      'models.dev',
      '{"openai": {"models": {"gpt-4o": {"cost": {"output": -1}}}}}',
      'openai/gpt-4o.cost.output is negative: -1',
    ],
    [
      'no unit',
      'native',
      native('{"meter": "input", "amount": "1"}'),
      'the file: openai/gpt-4o: prices[0].components[0].unit: must be one of million_tokens, each',
    ],
    [
      'a duplicate name',
      'litellm',
      '{"gpt-4o": {},\n"gpt-4o": {}}',
      'the file has "gpt-4o" twice, at line 2, column 1',
    ],
    [
      'a duplicate id',
      'genai-prices',
      genai('{}').replace('[{"id": "gpt-4o"', '[{"id": "gpt-4o", "prices": {}}, {"id": "gpt-4o"'),
      'openai/gpt-4o is there twice',
    ],
    [
      'another format',
      'litellm',
      '{"openai": {"models": {}}}',
      'the file has no prices in the format litellm',
    ],
  ])('%s', (_, format, text, problem) => {
    expect(problems(text, format)[0]).toContain(problem);
  });

  it('larger than what a process may be held up for', () => {
    expect(problems(' '.repeat(100_000_000))[0]).toBe('the file is larger than 8388608 bytes');
  });
});
