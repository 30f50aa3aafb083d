import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { ChatRequestDto } from '../../src/completions/chat/chat-request.dto.js';
import type { ChatRequest } from '../../src/core/chat.js';
import type { ProtocolId, ProviderDefinition } from '../../src/core/provider.js';
import { PROVIDERS } from '../../src/providers/definitions/registry.js';
import { inDialect } from '../../src/providers/routing/dialect.js';
import { planPlainly, planSearch } from '../../src/providers/routing/search-plan.js';
import { ruleFor } from '../../src/providers/protocols/parameters.js';
import { webSearchWishOf } from '../../src/providers/search/wish.js';
import { makeTarget } from '../support/target.js';

const FILE = join(import.meta.dirname, 'parameters.md');
const { UPDATE_TABLES } = process.env;

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
  max_tokens: 50,
  max_completion_tokens: 50,
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
  web_search_options: { search_context_size: 'low' },
  plugins: ['response-healing'],
  free_models_only: true,
  no_reasoning: true,
};

/** Protocols whose rules look at the name of the model. */
const MODELS: Readonly<Record<string, string>> = {
  anthropic: 'claude-sonnet-4-6',
  'azure-anthropic': 'claude-sonnet-4-6',
  'google-vertex-anthropic': 'claude-sonnet-4-6@default',
  'google-vertex': 'gemini-3-flash-preview',
  'amazon-bedrock': 'global.anthropic.claude-sonnet-4-6',
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

const ALL = [...checkedParameters(), ...UNCHECKED];

/** What may become of a parameter, in the order of the columns. */
const FATES = ['renamed', 'translated', 'dropped', 'refused'] as const;
type Fate = (typeof FATES)[number] | 'passed' | 'routing';

interface Outcome {
  readonly name: string;
  readonly fate: Fate;
  /** The provider's name of it, if that is another one. */
  readonly to?: string;
}

/** What becomes of a parameter at a provider. */
function outcomeOf(name: string, speaker: ProviderDefinition): Outcome {
  const messages = [{ role: 'user', content: 'Hello' }];
  const value = VALUES[name] ?? 'x';
  const request = { model: 'm', messages, [name]: value } as ChatRequest;
  const { provider: known, ...made } = makeTarget({
    provider: speaker,
    upstreamModel: MODELS[speaker.id] ?? 'a-model',
    capabilities: {
      tools: true,
      jsonObject: true,
      jsonSchema: true,
      reasoning: true,
      webSearch: true,
    },
    pricedMeters: ['web_search'],
  });
  const wish = webSearchWishOf(request);
  const undecided = { ...made, known };
  const plan = wish
    ? planSearch(request, wish, undecided, () => [])
    : planPlainly(request, undecided);
  if (!plan) return { name, fate: 'refused' };
  const { protocol, target } = plan;
  if (plan.dropped.includes(name)) return { name, fate: 'dropped' };
  const isRefused = plan.refused.some((path) => path === name || path.startsWith(`${name}.`));
  if (isRefused || (wish && plan.refused.length > 0)) return { name, fate: 'refused' };
  if (wish) return { name, fate: isSame(plan.request[name], value) ? 'passed' : 'translated' };
  const [kept] = Object.keys(plan.request).filter((key) => key !== 'model' && key !== 'messages');
  if (kept === undefined) return { name, fate: 'routing' };
  if (kept !== name) return { name, fate: 'renamed', to: kept };
  if (ruleFor(name, protocol, target).rule === 'translate') return { name, fate: 'translated' };
  if (protocol.id !== 'chat-completions') return { name, fate: 'passed' };
  const { body } = protocol.toUpstreamRequest(plan.request, target);
  // Where usage is told unasked, stream_options is answered all the same.
  const isSent = isSame(body[name], value) || name === 'stream_options';
  return { name, fate: isSent ? 'passed' : 'translated' };
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const code = (name: string) => `\`${name}\``;

/** The columns of a provider: all that becomes of parameters there, but for those that pass. */
function columnsOf(outcomes: readonly Outcome[]): string {
  const cells = FATES.map((fate) =>
    outcomes
      .filter((outcome) => outcome.fate === fate)
      .map(({ name, to }) => (to === undefined ? code(name) : `${code(name)} → ${code(to)}`))
      .join(', '),
  );
  return cells.join(' | ');
}

/** Providers in each of the protocols that they speak. */
const SPEAKERS: readonly ProviderDefinition[] = PROVIDERS.flatMap((provider) => {
  const further = (provider.dialects ?? []).map(({ protocol }) => {
    const { offer } = makeTarget({ capabilities: { protocol } });
    return inDialect(provider, offer);
  });
  return [provider, ...further];
});

function sectionOf(protocol: ProtocolId): string[] {
  const groups = new Map<string, string[]>();
  for (const provider of SPEAKERS.filter((candidate) => candidate.protocol === protocol)) {
    const columns = columnsOf(ALL.map((name) => outcomeOf(name, provider)));
    groups.set(columns, [...(groups.get(columns) ?? []), provider.id]);
  }
  const rows = [...groups].map(([columns, ids]) => row([ids.join(', '), columns]));
  const head = ['', `## ${protocol}`, '', row(['providers', ...FATES]), row(Array(5).fill('---'))];
  return [...head, ...rows];
}

function page(): string {
  const [anyone] = PROVIDERS;
  const isRouting = (name: string) => anyone && outcomeOf(name, anyone).fate === 'routing';
  const routing = ALL.filter(isRouting);
  const protocols = [...new Set(SPEAKERS.map(({ protocol }) => protocol))];
  return [
    '# What becomes of a parameter',
    '',
    "Of every parameter of a chat request, at every provider, with a value that is not OpenAI's default: **renamed**",
    "to the provider's name, **translated** into another form, **dropped** and named in `metadata.dropped_params`, or",
    '**refused**, so that another offer is chosen or the answer is 400. What a line does not name is **passed** as it is.',
    'Providers that treat all of them alike share a line. What asks for a search of the web is shown for models that search,',
    'where no search provider is configured; with one, what is refused here is answered from injected results.',
    '',
    `All parameters: ${ALL.map(code).join(', ')}, the last one standing for every field that nobody has heard of.`,
    '',
    `No provider gets ${routing.map(code).join(', ')}: they are for the gateway.`,
    '',
    '`parameters.spec.ts` holds this page against the code, and writes it anew with `UPDATE_TABLES=1 npm test -- parameters`.',
    ...protocols.flatMap(sectionOf),
    '',
  ].join('\n');
}

describe('parameters of a chat request', () => {
  it('become at each provider what test/golden/parameters.md says', () => {
    if (UPDATE_TABLES) writeFileSync(FILE, page());
    expect(page()).toBe(readFileSync(FILE, 'utf8'));
  });

  it('have a value in this test that is not their default', () => {
    expect(checkedParameters().filter((name) => !(name in VALUES))).toEqual([]);
  });

  it('go to a provider, but for those that are for the gateway', () => {
    const outcomes = PROVIDERS.flatMap((provider) => ALL.map((name) => outcomeOf(name, provider)));
    expect(outcomes).toHaveLength(PROVIDERS.length * ALL.length);
    const routed = outcomes.filter(({ fate }) => fate === 'routing').map(({ name }) => name);
    expect([...new Set(routed)]).toEqual(['plugins', 'free_models_only', 'no_reasoning']);
  });
});
