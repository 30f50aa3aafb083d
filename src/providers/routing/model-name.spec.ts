import { describe, expect, it } from '@jest/globals';
import { PROVIDERS } from '../definitions/registry.js';
import { indexProviders, parseModelName } from './model-name.js';

const INDEX = indexProviders(PROVIDERS);

/** [kind, provider, name] of a model. */
function parse(model: string): (string | undefined)[] {
  const parsed = parseModelName(model, INDEX);
  if (parsed.kind === 'auto') return ['auto'];
  return parsed.kind === 'pinned'
    ? ['pinned', parsed.provider.id, parsed.name]
    : ['routed', parsed.name];
}

describe('parseModelName', () => {
  it.each([
    ['gpt-4o', ['routed', 'gpt-4o']],
    ['openai/gpt-4o', ['pinned', 'openai', 'gpt-4o']],
    ['google/gemini-3', ['pinned', 'google-ai-studio', 'gemini-3']],
    ['google-ai-studio/gemini-3', ['pinned', 'google-ai-studio', 'gemini-3']],
    ['openrouter/openai/gpt-4o', ['pinned', 'openrouter', 'openai/gpt-4o']],
    ['meta-llama/llama-3', ['routed', 'meta-llama/llama-3']],
    ['OpenAI/gpt-4o', ['routed', 'OpenAI/gpt-4o']],
    ['/gpt-4o', ['routed', '/gpt-4o']],
    ['constructor/x', ['routed', 'constructor/x']],
    ['openai', ['routed', 'openai']],
    ['openai/', ['pinned', 'openai', '']],
    ['auto', ['auto']],
    ['Auto', ['routed', 'Auto']],
    ['openai/auto', ['pinned', 'openai', 'auto']],
  ])('%s', (model, expected) => {
    expect(parse(model)).toEqual(expected);
  });

  it('no two providers share an id or alias', () => {
    const names = PROVIDERS.flatMap(({ id, aliases = [] }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});
