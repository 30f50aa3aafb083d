import { formatUsd } from '../../core/money.js';
import { priceAt, type Offer } from '../../core/offer.js';
import type { Meter, PriceVersion } from '../../core/price.js';
import type { CatalogueModel } from './catalogue-snapshot.js';

const PARAMETERS = [
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'stream',
  'frequency_penalty',
  'presence_penalty',
] as const;

/** The pricing fields of a model and the meter behind each. */
const PRICING: readonly (readonly [field: string, meter: Meter])[] = [
  ['prompt', 'input'],
  ['completion', 'output'],
  ['image', 'input_image'],
  ['request', 'request'],
  ['caching', 'cache_read'],
  ['web_search', 'web_search'],
];

/**
 * A model as GET /v1/models shows it: OpenAI's fields, and what the catalogue knows beside them. Prices are those
 * valid at `at` (ms since the epoch), as decimal strings in USD per token or unit.
 */
export function modelView(
  model: CatalogueModel,
  aliases: readonly string[],
  offers: readonly Offer[],
  at: number,
): Record<string, unknown> {
  const current = offers.filter((offer) => offer.status !== 'removed');
  const first = current[0] ?? offers[0];
  const pricing = first ? pricingOf(priceAt(first, at)) : {};
  const { capabilities } = model;
  return {
    id: model.id,
    object: 'model',
    created: Math.floor((model.releasedAt ?? 0) / 1_000),
    owned_by: model.lab,
    name: model.name,
    aliases,
    description: `${model.name} by ${model.lab}`,
    family: model.family,
    architecture: {
      input_modalities: capabilities.inputModalities,
      output_modalities: capabilities.outputModalities,
      tokenizer: null,
    },
    providers: offers.map((offer) => ({
      id: offer.providerId,
      model: offer.upstreamModel,
      pricing: pricingOf(priceAt(offer, at)),
      capabilities: offer.capabilities,
      status: offer.status,
    })),
    pricing,
    context_length: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    supported_parameters: supportedParameters(offers),
    json_output: offers.some(
      (offer) => offer.capabilities.jsonObject === true || offer.capabilities.jsonSchema === true,
    ),
    structured_outputs: offers.some((offer) => offer.capabilities.jsonSchema === true),
    free: Object.keys(pricing).length > 0 && Object.values(pricing).every((price) => price === '0'),
    deprecated_at: endOf(offers),
    deactivated_at: current.length === 0 ? endOf(offers) : null,
    stability: current.some((offer) => offer.status === 'active') ? 'stable' : 'experimental',
  };
}

function pricingOf(version: PriceVersion | undefined): Record<string, string> {
  const pricing: Record<string, string> = {};
  for (const [field, meter] of PRICING) {
    const component = version?.components.find(
      (candidate) => candidate.meter === meter && Object.keys(candidate.conditions).length === 0,
    );
    if (component) pricing[field] = perUnit(component.price);
  }
  return pricing;
}

/** A price per million units as a decimal per unit: the point moves by six places, nothing is rounded. */
function perUnit(perMillion: bigint): string {
  const text = formatUsd(perMillion);
  const [whole = '0', fraction = ''] = text.split('.');
  const shifted = whole.padStart(7, '0');
  const decimals = `${shifted.slice(-6)}${fraction}`.replace(/0+$/, '');
  const units = shifted.slice(0, -6).replace(/^0+(?=\d)/, '');
  return decimals === '' ? units : `${units}.${decimals}`;
}

function supportedParameters(offers: readonly Offer[]): string[] {
  const any = (test: (offer: Offer) => boolean | undefined): boolean =>
    offers.some((offer) => test(offer) === true);
  return [
    ...PARAMETERS,
    ...(any((offer) => offer.capabilities.tools)
      ? ['tools', 'tool_choice', 'parallel_tool_calls']
      : []),
    ...(any((offer) => offer.capabilities.jsonObject) ? ['response_format'] : []),
    ...(any((offer) => offer.capabilities.reasoning) ? ['reasoning_effort', 'reasoning'] : []),
  ];
}

/** When the last of the offers ends or ended, as an ISO date; null where none does. */
function endOf(offers: readonly Offer[]): string | null {
  const ends = offers.flatMap((offer) => offer.deprecatedAt ?? []);
  return offers.length > 0 && ends.length === offers.length
    ? new Date(Math.max(...ends)).toISOString()
    : null;
}
