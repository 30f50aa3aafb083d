import { ownEntry } from '../../../core/own-entry.js';
import type { Meter } from '../../../core/price.js';
import type { ConditionsRecord } from '../catalogue-price.js';
import { asObject, textIn, type ExactJson, type ExactObject } from './exact-json.js';
import type { ImportFindings } from './import-findings.js';
import type { ImportedOffer } from './imported.js';

/** All by single token. Source: model_prices_and_context_window.json and its sample_spec. */
const KEYS: Readonly<Record<string, Meter>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cache_read',
  cache_creation_input_token_cost: 'cache_write',
  cache_creation_input_token_cost_above_1hr: 'cache_write_1h',
  output_cost_per_reasoning_token: 'reasoning',
  input_cost_per_audio_token: 'input_audio',
  output_cost_per_audio_token: 'output_audio',
  cache_read_input_audio_token_cost: 'cache_read_audio',
  input_cost_per_image_token: 'input_image',
  output_cost_per_image_token: 'output_image',
};
const PER_TOKEN = 6;
const PRICE_NAME = /cost/;
const TIER = /^(?<key>\w+?)_above_(?<thousands>\d{1,5})k_tokens(?:_(?<tier>priority|flex))?$/;
const SERVICE = /^(?<key>\w+?)_(?<tier>priority|flex)$/;

const PROVIDERS: Readonly<Record<string, string>> = {
  gemini: 'google-ai-studio',
  bedrock_converse: 'amazon-bedrock',
  together_ai: 'togetherai',
  fireworks_ai: 'fireworks-ai',
  moonshot: 'moonshotai',
  dashscope: 'alibaba',
  novita: 'novita-ai',
  friendliai: 'friendli',
  vercel_ai_gateway: 'vercel',
};
const NOT_A_MODEL = 'sample_spec';

/** Reads LiteLLM's price map: models by name, often with the provider in front. What is wrong goes to `findings`. */
export function readLitellm(
  document: ExactJson,
  findings: ImportFindings,
): readonly ImportedOffer[] {
  const models = asObject(document);
  if (!models) findings.problem('the file', 'is no object of models');
  return [...(models ?? [])].flatMap(([name, entry]) => {
    const described = asObject(entry);
    const theirs = textIn(described, 'litellm_provider');
    if (!described || theirs === undefined || name === NOT_A_MODEL) return [];
    const provider = ownEntry(PROVIDERS, theirs) ?? theirs;
    if (!findings.isWanted(provider)) return [];
    const model = name.startsWith(`${theirs}/`) ? name.slice(theirs.length + 1) : name;
    const components = componentsOf(described, name, findings);
    return components.length > 0
      ? [{ provider, model, prices: [{ validFrom: null, components }] }]
      : [];
  });
}

function componentsOf(described: ExactObject, place: string, findings: ImportFindings) {
  return [...described].flatMap(([name, value]) => {
    if (!PRICE_NAME.test(name)) return [];
    const key = keyOf(name);
    if (key) {
      const { meter, conditions } = key;
      const price = { meter, shift: PER_TOKEN };
      return findings.component(price, value, `${place}.${name}`, conditions) ?? [];
    }
    if (value !== null) findings.unknownKey(name, place);
    return [];
  });
}

/** The meter of a key, and when its price holds. */
function keyOf(name: string): { meter: Meter; conditions: ConditionsRecord } | undefined {
  const plain = ownEntry(KEYS, name);
  if (plain) return { meter: plain, conditions: {} };
  const { key, thousands, tier } = (TIER.exec(name) ?? SERVICE.exec(name))?.groups ?? {};
  const meter = ownEntry(KEYS, key);
  if (!meter) return undefined;
  return {
    meter,
    conditions: {
      ...(thousands !== undefined && { input_tokens_above: Number(thousands) * 1_000 }),
      ...(tier !== undefined && { service_tier: tier }),
    },
  };
}
