import type { Modality, OfferCapabilities } from '../../core/offer.js';
import { PROTOCOL_IDS } from '../../core/provider.js';
import { choiceOf, Fields, refuse, type Place } from './catalogue-fields.js';

const MODALITIES: readonly Modality[] = ['text', 'image', 'audio', 'file', 'video'];

/** Names in files and the database → names in code. */
const FLAGS = {
  tools: 'tools',
  json_object: 'jsonObject',
  json_schema: 'jsonSchema',
  reasoning: 'reasoning',
  temperature: 'temperature',
  web_search: 'webSearch',
  prompt_caching: 'promptCaching',
} as const satisfies Record<string, keyof OfferCapabilities>;
const FLAG_NAMES = Object.keys(FLAGS) as (keyof typeof FLAGS)[];

/** The capabilities of a model or offer; what is absent is not known. @throws CatalogueFileError */
export function readCapabilities(value: unknown, place: Place): OfferCapabilities {
  const fields = Fields.of(value, place, [
    ...FLAG_NAMES,
    'reasoning_efforts',
    'protocol',
    'input_modalities',
    'output_modalities',
  ]);
  const flags = FLAG_NAMES.filter((name) => fields.has(name)).map(
    (name) => [FLAGS[name], fields.flag(name)] as const,
  );
  return {
    ...(Object.fromEntries(flags) as Partial<Record<(typeof FLAGS)[keyof typeof FLAGS], boolean>>),
    ...(fields.has('reasoning_efforts') && {
      reasoningEfforts: fields.list('reasoning_efforts', readEffort),
    }),
    ...(fields.has('protocol') && { protocol: fields.oneOf('protocol', PROTOCOL_IDS) }),
    inputModalities: fields.list('input_modalities', readModality),
    outputModalities: fields.list('output_modalities', readModality),
  };
}

/** The form that readCapabilities reads. */
export function capabilitiesRecord(
  capabilities: OfferCapabilities,
): Readonly<Record<string, unknown>> {
  const flags = FLAG_NAMES.filter((name) => capabilities[FLAGS[name]] !== undefined);
  return {
    ...Object.fromEntries(flags.map((name) => [name, capabilities[FLAGS[name]]])),
    ...(capabilities.reasoningEfforts && {
      reasoning_efforts: capabilities.reasoningEfforts,
    }),
    ...(capabilities.protocol && { protocol: capabilities.protocol }),
    input_modalities: capabilities.inputModalities,
    output_modalities: capabilities.outputModalities,
  };
}

function readModality(value: unknown, place: Place): Modality {
  return choiceOf(value, MODALITIES, place);
}

function readEffort(value: unknown, place: Place): string {
  return typeof value === 'string' && value !== ''
    ? value
    : refuse(place, 'must be a text that is not empty');
}
