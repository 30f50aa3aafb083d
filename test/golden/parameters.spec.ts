import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { ChatRequestDto } from '../../src/completions/chat/chat-request.dto.js';
import type { ChatRequest } from '../../src/core/chat.js';
import type { ProviderDefinition } from '../../src/core/provider.js';
import { PROVIDERS } from '../../src/providers/definitions/registry.js';
import { planParameters, ruleFor } from '../../src/providers/protocols/parameters.js';
import { PROTOCOLS } from '../../src/providers/protocols/registry.js';
import { makeTarget } from '../support/target.js';

const FILE = join(import.meta.dirname, 'parameters.md');

/** Parameters that are not checked, yet known to some provider, and one that nobody knows. */
const UNCHECKED = [
  'prompt_cache_key',
  'safety_identifier',
  'web_search_options',
  'verbosity',
  'unheard_of',
];

/** A value that is not OpenAI's default, so that its loss would matter. */
const VALUES: Readonly<Record<string, unknown>> = {
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0.5,
  top_p: 0.5,
  frequency_penalty: 0.5,
  presence_penalty: 0.5,
  max_tokens: 5,
  max_completion_tokens: 5,
  stop: ['x'],
  n: 2,
  seed: 5,
  logprobs: true,
  top_logprobs: 2,
  logit_bias: { '5': 1 },
  user: 'u',
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
  tool_choice: 'required',
  parallel_tool_calls: false,
  response_format: { type: 'json_object' },
  reasoning_effort: 'low',
  reasoning: { effort: 'low' },
  service_tier: 'flex',
  modalities: ['text', 'audio'],
  audio: { voice: 'v', format: 'wav' },
  prediction: { type: 'content', content: 'x' },
  store: true,
  metadata: { a: 'b' },
  web_search: true,
  plugins: ['response-healing'],
  free_models_only: true,
  no_reasoning: true,
};

/** Protocols whose rules look at the name of the model. */
const MODELS: Readonly<Record<string, string>> = {
  anthropic: 'claude-sonnet-4-6',
  'google-ai-studio': 'gemini-3-flash-preview',
};

/** The parameters of the request class, in its order. */
function checkedParameters(): string[] {
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(
    ChatRequestDto,
    '',
    false,
    false,
  );
  const names = new Set(metadatas.map(({ propertyName }) => propertyName));
  return [...names].filter((name) => name !== 'model' && name !== 'messages');
}

/** What becomes of a parameter at a provider, in a word. */
function fate(name: string, provider: ProviderDefinition): string {
  const target = makeTarget({
    provider,
    upstreamModel: MODELS[provider.id] ?? 'a-model',
    capabilities: {
      tools: true,
      jsonObject: true,
      jsonSchema: true,
      reasoning: true,
      webSearch: true,
    },
  });
  const protocol = PROTOCOLS[provider.protocol];
  const messages = [{ role: 'user', content: 'Hello' }];
  const request = { model: 'm', messages, [name]: VALUES[name] ?? 'x' } as ChatRequest;
  const plan = planParameters(request, protocol, target);
  if (plan.dropped.includes(name)) return 'dropped';
  if (plan.refused.some((path) => path === name || path.startsWith(`${name}.`))) return 'refused';
  const kept = Object.keys(plan.request).filter((key) => key !== 'model' && key !== 'messages');
  if (kept.length === 0) return 'routing';
  if (kept[0] !== name) return `→ ${kept.join(', ')}`;
  return ruleFor(name, protocol, target).rule === 'translate' ? 'translated' : 'passed';
}

function table(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const names = [...checkedParameters(), ...UNCHECKED];
  return [
    row(['parameter', ...PROVIDERS.map(({ id }) => id)]),
    row(['---', ...PROVIDERS.map(() => '---')]),
    ...names.map((name) => row([name, ...PROVIDERS.map((provider) => fate(name, provider))])),
  ].join('\n');
}

/** The rows of a table without the spaces that line its columns up. */
const cellsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| --'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('parameters of a chat request', () => {
  it('become at each provider what test/golden/parameters.md says', () => {
    expect(cellsOf(table())).toEqual(cellsOf(readFileSync(FILE, 'utf8')));
  });

  it('have a value in this test that is not their default', () => {
    expect(checkedParameters().filter((name) => !(name in VALUES))).toEqual([]);
  });
});
