import { ownEntry } from '../../../core/own-entry.js';
import type { ComponentRecord, ConditionsRecord } from '../catalogue-price.js';
import {
  asObject,
  countOf,
  entriesOf,
  textIn,
  type ExactJson,
  type ExactObject,
} from './exact-json.js';
import type { ImportFindings, PriceKey } from './import-findings.js';
import type { ImportedOffer } from './imported.js';

/** All by million tokens. Source: models.dev/api.json and its schema. */
const KEYS: Readonly<Record<string, PriceKey>> = {
  input: { meter: 'input', shift: 0 },
  output: { meter: 'output', shift: 0 },
  cache_read: { meter: 'cache_read', shift: 0 },
  cache_write: { meter: 'cache_write', shift: 0 },
  reasoning: { meter: 'reasoning', shift: 0 },
  input_audio: { meter: 'input_audio', shift: 0 },
  output_audio: { meter: 'output_audio', shift: 0 },
};

const OVER_200K = 'context_over_200k';

/** Reads api.json of models.dev: providers by id, each with its models by name. What is wrong goes to `findings`. */
export function readModelsDev(
  document: ExactJson,
  findings: ImportFindings,
): readonly ImportedOffer[] {
  const providers = asObject(document);
  if (!providers) findings.problem('the file', 'is no object of providers');
  return [...(providers ?? [])].flatMap(([provider, entry]) => {
    if (!findings.isWanted(provider)) return [];
    const models = asObject(asObject(entry)?.get('models'));
    if (!models) findings.problem(provider, 'has no object of models');
    return [...(models ?? [])].flatMap(([model, described]) => {
      const cost = asObject(asObject(described)?.get('cost'));
      const components = cost ? costOf(cost, `${provider}/${model}.cost`, findings) : [];
      return components.length > 0
        ? [{ provider, model, prices: [{ validFrom: null, components }] }]
        : [];
    });
  });
}

function costOf(
  cost: ExactObject,
  place: string,
  findings: ImportFindings,
  conditions: ConditionsRecord = {},
): readonly ComponentRecord[] {
  return [...cost].flatMap(([name, value]) => {
    const at = `${place}.${name}`;
    if (name === OVER_200K) {
      const above = { input_tokens_above: 200_000 };
      return costOf(asObject(value) ?? new Map(), at, findings, above);
    }
    if (name === 'tiers') return entriesOf(value).flatMap((tier) => tierOf(tier, at, findings));
    if (name === 'tier') return [];
    const key = ownEntry(KEYS, name);
    if (key) return findings.component(key, value, at, conditions) ?? [];
    findings.unknownKey(name, place);
    return [];
  });
}

/** `{tier: {type: "context", size}, input, …}`: the prices above so many tokens of input. */
function tierOf(
  value: ExactJson,
  place: string,
  findings: ImportFindings,
): readonly ComponentRecord[] {
  const tier = asObject(value);
  const kind = asObject(tier?.get('tier'));
  const tokens = countOf(kind?.get('size'));
  if (!tier || textIn(kind, 'type') !== 'context' || tokens === undefined) {
    findings.problem(place, 'has a tier without its number of tokens');
    return [];
  }
  return costOf(tier, place, findings, { input_tokens_above: tokens });
}
