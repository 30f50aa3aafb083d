import { ownEntry } from '../../core/own-entry.js';
import type { ProviderDefinition, SettingValue } from '../../core/provider.js';

/** The host in an address. */
const HOST = /(?<=^https:\/\/)[^/]+/;

/** A place for a setting in an address. */
export const PLACE = /\{([a-z_]+)\}/g;

/**
 * An address with the settings that it has places for (`https://{host}/v1`), or undefined where one is missing. What
 * stands for a host may be given as a URL.
 * @param hosts hosts that are other ones than the settings make
 */
export function fillBaseUrl(
  baseUrl: string,
  settings: Readonly<Record<string, SettingValue>>,
  hosts: ProviderDefinition['hosts'] = {},
): string | undefined {
  let isWhole = true;
  const filled = baseUrl.replace(PLACE, (place, name: string) => {
    const value = settings[name];
    if (typeof value === 'string' && value !== '')
      return value.replace(/^https:\/\//, '').replace(/\/+$/, '');
    isWhole = false;
    return place;
  });
  if (!isWhole) return undefined;
  return filled.replace(HOST, (host) => ownEntry(hosts, host) ?? host);
}

/**
 * What the platform's environment says of a provider's settings.
 * @throws Error naming the variable whose value the provider could not take, or those of which it takes only one
 */
export function settingsFrom(
  source: Readonly<Record<string, string | undefined>>,
  { settings = {}, eitherSetting = [] }: ProviderDefinition,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, { environment, pattern, default: usual }] of Object.entries(settings)) {
    const value = environment === undefined ? undefined : source[environment];
    if (environment === undefined || !value) {
      if (usual !== undefined) found[name] = usual;
      continue;
    }
    // As a whole, whatever anchors the pattern has.
    if (pattern.exec(value)?.[0] !== value)
      throw new Error(`${environment} does not have the form that the provider wants`);
    found[name] = value;
  }
  if (eitherSetting.filter((name) => found[name] !== undefined).length > 1)
    throw new Error(`only one of ${variablesOf(eitherSetting, settings).join(', ')} can be set`);
  return found;
}

/**
 * The variables that a platform's key waits for: of several, one is enough.
 * @param baseUrl with its places for settings
 */
export function missingVariables(
  baseUrl: string,
  found: Readonly<Record<string, string>>,
  { settings = {}, eitherSetting = [] }: ProviderDefinition,
): readonly string[] {
  const places = [...baseUrl.matchAll(PLACE)].map(([, name = '']) => name);
  const empty = places.find((name) => found[name] === undefined);
  if (empty !== undefined) return variablesOf([empty], settings);
  const isGiven = eitherSetting.some((name) => found[name] !== undefined);
  return isGiven ? [] : variablesOf(eitherSetting, settings);
}

function variablesOf(
  names: readonly string[],
  settings: NonNullable<ProviderDefinition['settings']>,
): readonly string[] {
  return names.map((name) => settings[name]?.environment ?? name);
}
