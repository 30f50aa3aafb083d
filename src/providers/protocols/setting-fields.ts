import type { Target } from '../../core/target.js';

/** The fields of a body that carry settings of the credential to the provider. */
export function settingFields({
  provider: { settings: rules },
  credential: { settings },
}: Pick<Target, 'provider' | 'credential'>): Readonly<Record<string, string>> {
  if (rules === undefined || settings === undefined) return NONE;
  const fields: Record<string, string> = {};
  for (const [name, { field }] of Object.entries(rules)) {
    const value = settings[name];
    if (field !== undefined && typeof value === 'string') fields[field] = value;
  }
  return fields;
}

const NONE: Readonly<Record<string, string>> = {};
