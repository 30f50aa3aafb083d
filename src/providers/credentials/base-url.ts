import type { ProviderDefinition, SettingValue } from '../../core/provider.js';

/** A place for a setting in an address. */
export const PLACE = /\{([a-z_]+)\}/g;

/**
 * An address with the settings that it has places for (`https://{host}/v1`), or undefined where one is missing. What
 * stands for a host may be given as a URL.
 */
export function fillBaseUrl(
  baseUrl: string,
  settings: Readonly<Record<string, SettingValue>>,
): string | undefined {
  let isWhole = true;
  const filled = baseUrl.replace(PLACE, (place, name: string) => {
    const value = settings[name];
    if (typeof value === 'string' && value !== '')
      return value.replace(/^https:\/\//, '').replace(/\/+$/, '');
    isWhole = false;
    return place;
  });
  return isWhole ? filled : undefined;
}

/**
 * What the platform's environment says of a provider's settings.
 * @throws Error naming the variable whose value the provider could not take
 */
export function settingsFrom(
  source: Readonly<Record<string, string | undefined>>,
  { settings = {} }: ProviderDefinition,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, { environment, pattern }] of Object.entries(settings)) {
    const value = environment === undefined ? undefined : source[environment];
    if (environment === undefined || !value) continue;
    // As a whole, whatever anchors the pattern has.
    if (pattern.exec(value)?.[0] !== value)
      throw new Error(`${environment} does not have the form that the provider wants`);
    found[name] = value;
  }
  return found;
}
