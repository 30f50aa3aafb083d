import { invalidParameter, type GatewayError } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';
import { ownEntry } from '../../core/own-entry.js';
import type { ProviderDefinition, SettingRule, SettingValue } from '../../core/provider.js';
import { PLACE } from './base-url.js';

const MAX_ENTRIES = 200;
const MAX_NAME = 128;

type Settings = Readonly<Record<string, SettingValue>>;

/**
 * The settings of a credential, if the provider knows them and their values fit.
 * @throws GatewayError invalid_parameter (settings.<name>)
 */
export function readSettings(
  given: Record<string, unknown>,
  provider: ProviderDefinition,
): Settings {
  const rules = provider.settings ?? {};
  for (const name of Object.keys(given)) {
    if (!ownEntry(rules, name)) throw badSetting(name, `is no setting of ${provider.id}`);
  }
  const settings: Record<string, SettingValue> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (rule.required) throw badSetting(name, `is needed by ${provider.id}`);
      if (rule.default !== undefined) settings[name] = rule.default;
    } else settings[name] = readValue(name, value, rule);
  }
  requireEither(settings, provider);
  return settings;
}

function requireEither(settings: Settings, { id, eitherSetting }: ProviderDefinition): void {
  const [first, ...others] = eitherSetting ?? [];
  if (eitherSetting === undefined || first === undefined) return;
  const given = eitherSetting.filter((name) => settings[name] !== undefined);
  const [one, two] = given;
  const rest = others.map((name) => `settings.${name}`).join(' or ');
  if (one === undefined) throw badSetting(first, `is needed by ${id}, or ${rest} in its place`);
  if (two !== undefined) throw badSetting(two, `cannot stand beside settings.${one}`);
}

/** The error of an address that has places for settings, where one of them is missing. */
export function missingSetting(baseUrl: string, settings: Settings): GatewayError {
  const names = [...baseUrl.matchAll(PLACE)].map(([, name = '']) => name);
  const missing = names.find((name) => settings[name] === undefined) ?? '';
  return badSetting(missing, 'is needed where base_url is not given');
}

/** The headers that settings stand for. */
export function headersOf(
  settings: Settings,
  { settings: rules = {} }: ProviderDefinition,
): Readonly<Record<string, string>> | undefined {
  const headers = Object.entries(settings).flatMap(([name, value]) => {
    const header = ownEntry(rules, name)?.header;
    return header !== undefined && typeof value === 'string' ? [[header, value] as const] : [];
  });
  return headers.length > 0 ? Object.fromEntries(headers) : undefined;
}

function readValue(name: string, value: unknown, { kind, pattern }: SettingRule): SettingValue {
  const fits = (text: unknown): text is string => {
    if (typeof text !== 'string') return false;
    // As a whole, whatever anchors the pattern has.
    return pattern.exec(text)?.[0] === text;
  };
  if (kind === 'text') {
    if (fits(value)) return value;
    throw badSetting(name, 'does not have the form that the provider wants');
  }
  const entries = isObject(value) ? Object.entries(value) : undefined;
  const isMap =
    entries !== undefined &&
    entries.length <= MAX_ENTRIES &&
    entries.every(([key, text]) => key.length <= MAX_NAME && fits(text));
  if (!isMap) throw badSetting(name, 'must be an object of texts in the form the provider wants');
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}

function badSetting(name: string, reason: string): GatewayError {
  const param = `settings.${name.slice(0, MAX_NAME)}`;
  return invalidParameter(param, `${param} ${reason}.`);
}
