import { existsSync } from 'node:fs';
import path from 'node:path';
import { extractUsage, findProvider } from '@pydantic/genai-prices';
import { describe, expect, it } from '@jest/globals';
import type { Usage } from '../../src/core/usage.js';
import { PROTOCOLS } from '../../src/providers/protocols/registry.js';
import { loadCases } from '../corpus/cases.js';
import { isJson, object, parse } from '../corpus/json.js';
import { cast, namedProtocol } from '../corpus/providers.js';
import type { RecordedCase } from '../corpus/recorded-case.js';
import { makeTarget } from '../support/target.js';

const RECORDINGS = path.resolve(import.meta.dirname, '../../../shared/fixtures/recorded');

/** Their name of a provider and of its dialect. */
const THEIRS: Readonly<Record<string, readonly [provider: string, flavour: string]>> = {
  openai: ['openai', 'chat'],
  azure: ['azure', 'chat'],
  anthropic: ['anthropic', 'default'],
  'google-vertex': ['google', 'default'],
  'google-vertex-anthropic': ['google', 'anthropic'],
  'google-vertex-openapi': ['google', 'chat'],
  'google-ai-studio': ['google', 'default'],
  groq: ['groq', 'default'],
  mistral: ['mistral', 'default'],
  deepseek: ['deepseek', 'chat'],
  xai: ['x-ai', 'default'],
  openrouter: ['openrouter', 'chat'],
  moonshotai: ['moonshotai', 'chat'],
  'amazon-bedrock': ['aws', 'default'],
  cerebras: ['cerebras', 'chat'],
};

/** Tokens in, out, read from and written to caches, of thoughts; and searches. */
type Figures = readonly (number | undefined)[];

const OUTSIDE = 'thoughts are outside of completion_tokens, and are charged; they count neither';
const CACHED = 'they do not read the cached tokens of this provider';
const SEARCHES = 'searches stand among the items of the output; they count none';
const SEARCHED = 'models that search say so by their sources alone; they count none';
const MORE_CACHED = 'more cached than sent: what is above the prompt cannot be charged';

/** Every difference, and why we differ: the figure of each in the order of Figures. */
const EXPLAINED: Readonly<Record<string, readonly [why: string, ours: Figures, theirs: Figures]>> =
  {
    'xai/tool-call-01': [OUTSIDE, [401, 229, 305, 0, 185, 0], [401, 44, 0, 0, 0, 0]],
    'xai/text-01': [OUTSIDE, [165, 127, 156, 0, 125, 0], [165, 2, 0, 0, 0, 0]],
    'xai/reasoning-01': [OUTSIDE, [331, 343, 283, 0, 332, 0], [331, 11, 0, 0, 0, 0]],
    'xai/parallel-tools-01': [OUTSIDE, [436, 216, 152, 0, 148, 0], [436, 68, 0, 0, 0, 0]],
    'moonshot/reasoning-01': [CACHED, [20, 30, 10, 0, 22, 0], [20, 30, 0, 0, 22, 0]],
    'mistral/tool-call-01': [CACHED, [175, 39, 174, 0, 0, 0], [175, 39, 0, 0, 0, 0]],
    'mistral/pair-tool-choice-required-01': [CACHED, [70, 12, 69, 0, 0, 0], [70, 12, 0, 0, 0, 0]],
    'azure/tool-call-01': [MORE_CACHED, [208, 27, 208, 0, 0, 0], [208, 27, 314, 0, 0, 0]],
    'azure/pair-parallel-tools-01': [MORE_CACHED, [293, 58, 293, 0, 0, 0], [293, 58, 387, 0, 0, 0]],
    'azure/pair-parallel-tools-02': [MORE_CACHED, [392, 37, 392, 0, 0, 0], [392, 37, 461, 0, 0, 0]],
    'openai/annotations-web-search-01': [SEARCHED, [13, 197, 0, 0, 0, 1], [13, 197, 0, 0, 0, 0]],
    'openai/web-search-options-01': [SEARCHED, [12, 293, 0, 0, 0, 1], [12, 293, 0, 0, 0, 0]],
    'openai/responses-web-search-citations-01': [
      SEARCHES,
      [12_594, 1_150, 3_200, 0, 1_088, 2],
      [12_594, 1_150, 3_200, 0, 1_088, 0],
    ],
    'xai/responses-web-search-citations-01': [
      SEARCHES,
      [5_913, 364, 2_048, 0, 263, 2],
      [5_913, 364, 2_048, 0, 263, 0],
    ],
    'openrouter/annotations-citations-01': [
      SEARCHES,
      [16_924, 485, 0, 0, 449, 3],
      [16_924, 485, 0, 0, 449, 0],
    ],
    'vertex/grounding-01': [
      'a grounded answer is a search; they count none',
      [125, 706, 0, 0, 456, 1],
      [125, 706, 0, 0, 456, 0],
    ],
    'gemini/safety-block-01': [
      'no candidate, no output: ours is a number, theirs absent',
      [14, 0, 0, 0, 0, 0],
      [14, undefined, 0, 0, 0, 0],
    ],
    'anthropic/compaction-01': [
      'usage.iterations: compacting the context is charged too, and not in the totals beside it',
      [55_416, 133, 0, 0, 0, 0],
      [220, 8, 0, 0, 0, 0],
    ],
  };

/** What both read of a recorded answer; undefined where it is none, or theirs does not know the provider. */
function readBoth(recorded: RecordedCase): { ours: Figures; theirs: Figures } | undefined {
  const casting = cast(recorded);
  if (!('provider' in casting) || recorded.format !== 'json') return undefined;
  const protocol = namedProtocol(recorded) ?? casting.provider.protocol;
  // They know that dialect of OpenAI alone.
  const [id, flavour] =
    protocol === 'responses' ? ['openai', 'responses'] : (THEIRS[casting.provider.id] ?? []);
  const provider = id === undefined ? undefined : findProvider({ providerId: id });
  const body = parse(recorded.response.toString('utf8'));
  if (!provider || !hasUsage(body)) return undefined;
  // First theirs: ours takes the answer apart.
  const theirs = extractUsage(provider, body, flavour).usage;
  const target = makeTarget({ provider: casting.provider });
  const { usage } = PROTOCOLS[protocol].fromUpstreamResponse(body, target);
  return {
    ours: usage ? figuresOf(usage) : [],
    theirs: [
      theirs['input_tokens'],
      theirs['output_tokens'],
      theirs['cache_read_tokens'] ?? 0,
      theirs['cache_write_tokens'] ?? 0,
      theirs['output_reasoning_tokens'] ?? 0,
      theirs['web_searches'] ?? 0,
    ],
  };
}

function hasUsage(body: unknown): boolean {
  const { usage, usageMetadata } = object(body);
  return isJson(usage) || isJson(usageMetadata);
}

function figuresOf(usage: Usage): Figures {
  const { cacheWriteTokens = 0, cacheWrite5mTokens = 0, cacheWrite1hTokens = 0 } = usage;
  return [
    usage.promptTokens,
    usage.completionTokens,
    usage.cachedTokens ?? 0,
    cacheWriteTokens + cacheWrite5mTokens + cacheWrite1hTokens,
    usage.reasoningTokens ?? 0,
    usage.webSearches ?? 0,
  ];
}

const isPresent = existsSync(RECORDINGS);
if (!isPresent) console.warn(`The recorded traffic is not at ${RECORDINGS}: usages not compared.`);

(isPresent ? describe : describe.skip)('recorded usages by @pydantic/genai-prices', () => {
  it('are the same, or the difference is explained', () => {
    const read = loadCases(RECORDINGS).cases.flatMap((recorded) => {
      const both = readBoth(recorded);
      return both ? [{ name: recorded.name, ...both }] : [];
    });
    const different = read.filter(
      ({ ours, theirs }) => JSON.stringify(ours) !== JSON.stringify(theirs),
    );
    const explained = Object.entries(EXPLAINED).map(([name, [, ours, theirs]]) => ({
      name,
      ours,
      theirs,
    }));
    expect(different.sort(byName)).toEqual(explained.sort(byName));
    expect(read.length).toBeGreaterThan(130);
  });
});

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
