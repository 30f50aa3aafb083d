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
import type { ImportedOffer, ImportedPrice } from './imported.js';

/** Prices by million tokens, and by thousand searches or requests. Source: its data.schema.json. */
const KEYS: Readonly<Record<string, PriceKey>> = {
  input_mtok: { meter: 'input', shift: 0 },
  output_mtok: { meter: 'output', shift: 0 },
  cache_read_mtok: { meter: 'cache_read', shift: 0 },
  cache_write_mtok: { meter: 'cache_write', shift: 0 },
  cache_write_1h_mtok: { meter: 'cache_write_1h', shift: 0 },
  output_reasoning_mtok: { meter: 'reasoning', shift: 0 },
  input_audio_mtok: { meter: 'input_audio', shift: 0 },
  output_audio_mtok: { meter: 'output_audio', shift: 0 },
  cache_audio_read_mtok: { meter: 'cache_read_audio', shift: 0 },
  input_image_mtok: { meter: 'input_image', shift: 0 },
  output_image_mtok: { meter: 'output_image', shift: 0 },
  requests_kcount: { meter: 'request', shift: -3 },
  web_searches_kcount: { meter: 'web_search', shift: -3 },
};

const PROVIDERS: Readonly<Record<string, string>> = {
  aws: 'amazon-bedrock',
  'x-ai': 'xai',
  together: 'togetherai',
  fireworks: 'fireworks-ai',
  novita: 'novita-ai',
};

/** Reads data.json of pydantic/genai-prices: a list of providers. What is wrong goes to `findings`. */
export function readGenaiPrices(
  document: ExactJson,
  findings: ImportFindings,
): readonly ImportedOffer[] {
  if (!Array.isArray(document)) findings.problem('the file', 'is no list of providers');
  return entriesOf(document).flatMap((entry, index) => {
    const id = textIn(asObject(entry), 'id');
    if (id === undefined) {
      findings.problem(`[${index}].id`, 'is missing');
      return [];
    }
    const provider = ownEntry(PROVIDERS, id) ?? id;
    if (!findings.isWanted(provider)) return [];
    return offersOf(provider, id, entriesOf(asObject(entry)?.get('models')), findings);
  });
}

function offersOf(
  provider: string,
  id: string,
  models: readonly ExactJson[],
  findings: ImportFindings,
): readonly ImportedOffer[] {
  const seen = new Set<string>();
  return models.flatMap((entry, index) => {
    const model = textIn(asObject(entry), 'id');
    const place = `${id}/${model ?? `models[${index}]`}`;
    if (model === undefined) {
      findings.problem(place, 'has no id');
      return [];
    }
    if (seen.has(model)) findings.problem(place, 'is there twice');
    seen.add(model);
    const prices = genaiPricesOf(asObject(entry)?.get('prices'), place, findings);
    return prices.length > 0 ? [{ provider, model, prices }] : [];
  });
}

/** The prices of one model: an object, or a list of objects each under a constraint. */
export function genaiPricesOf(
  prices: ExactJson | undefined,
  place: string,
  findings: ImportFindings,
): readonly ImportedPrice[] {
  const plain = asObject(prices);
  if (plain) return versionOf(null, componentsOf(plain, place, findings));
  const always: ComponentRecord[] = [];
  // Hours of the day hold whatever the date.
  const hourly: ComponentRecord[] = [];
  const dated: ImportedPrice[] = [];
  for (const [index, entry] of entriesOf(prices).entries()) {
    const inner = asObject(asObject(entry)?.get('prices'));
    if (!inner) continue;
    const constraint = asObject(asObject(entry)?.get('constraint'));
    const at = `${place}.prices[${index}]`;
    const window = constraint && windowOf(constraint);
    const components = componentsOf(inner, at, findings, window ?? {});
    const start = textIn(constraint, 'start_date');
    if (window) hourly.push(...components);
    else if (start === undefined) always.push(...components);
    else if (Number.isNaN(Date.parse(start))) findings.problem(at, 'has no date for its start');
    else dated.push({ validFrom: Date.parse(start), components });
  }
  const versions = dated.sort(byStart).flatMap((of) => versionOf(of.validFrom, of.components));
  return [...versionOf(null, always), ...versions].map(({ validFrom, components }) => ({
    validFrom,
    components: [...components, ...hourly],
  }));
}

function byStart(one: ImportedPrice, other: ImportedPrice): number {
  return (one.validFrom ?? 0) - (other.validFrom ?? 0);
}

function versionOf(
  validFrom: number | null,
  components: readonly ComponentRecord[],
): readonly ImportedPrice[] {
  return components.length > 0 ? [{ validFrom, components }] : [];
}

function componentsOf(
  prices: ExactObject,
  place: string,
  findings: ImportFindings,
  conditions: ConditionsRecord = {},
): readonly ComponentRecord[] {
  return [...prices].flatMap(([name, value]) => {
    const key = ownEntry(KEYS, name);
    const at = `${place}.${name}`;
    if (!key) {
      findings.unknownKey(name, place);
      return [];
    }
    const tiered = asObject(value);
    if (!tiered) return findings.component(key, value, at, conditions) ?? [];
    const base = findings.component(key, tiered.get('base'), at, conditions) ?? [];
    const tiers = entriesOf(tiered.get('tiers')).flatMap((entry, index) => {
      const tier = asObject(entry);
      const above = tierStart(tier?.get('start'), `${at}.tiers[${index}]`, findings);
      if (!tier || above === undefined) return [];
      const held = { ...conditions, input_tokens_above: above };
      return findings.component(key, tier.get('price'), `${at}.tiers[${index}]`, held) ?? [];
    });
    return [base, tiers].flat();
  });
}

function tierStart(
  start: ExactJson | undefined,
  place: string,
  findings: ImportFindings,
): number | undefined {
  const tokens = countOf(start);
  if (tokens === undefined) findings.problem(place, 'has no number of tokens at which it starts');
  return tokens;
}

/** Hours of the day (UTC); a window over midnight is two. */
function windowOf(constraint: ExactObject): ConditionsRecord | undefined {
  const start = textIn(constraint, 'start_time')?.slice(0, 5);
  const end = textIn(constraint, 'end_time')?.slice(0, 5);
  if (start === undefined || end === undefined) return undefined;
  if (start < end) return { utc_windows: [`${start}-${end}`] };
  const evening = `${start}-24:00`;
  return { utc_windows: end === '00:00' ? [evening] : [`00:00-${end}`, evening] };
}
