import { getMetadataStorage } from 'class-validator';

const factoryName = '_OPENAPI_METADATA_FACTORY';

/** What a validator of a DTO says in the words of JSON Schema; others say nothing that it has a word for. */
const meanings = {
  isIn: ([values]) => ({ enum: [...values] }),
  isInt: () => ({ type: 'integer' }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  isPlainText: ([maxLength]) => ({ minLength: 1, maxLength }),
  isId: ([prefix = '']) => (prefix === '' ? {} : { pattern: `^${prefix}` }),
  matches: ([pattern]) => ({ pattern: pattern.source }),
  isUsd: ([pattern]) => ({ pattern }),
  isEmail: () => ({ format: 'email' }),
  isIso8601: () => ({
    format: 'date-time',
    note: 'A time needs `Z` or an offset; a date is its midnight in UTC.',
  }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
};

/**
 * Adds to every DTO class what its validators demand. The plugin's own reading of decorators knows only literal
 * arguments, and leaves a property out where it meets another.
 *
 * @throws {Error} for a validated property that the document would not have
 */
export function describeValidators() {
  for (const [target, rules] of getMetadataStorage().validationMetadatas) {
    const fromTypes = Object.hasOwn(target, factoryName) ? target[factoryName] : undefined;
    if (!fromTypes) continue;
    target[factoryName] = () => withRules(target.name, fromTypes(), rules);
  }
}

function withRules(className, fromTypes, rules) {
  const properties = { ...fromTypes };
  for (const { propertyName, name, constraints, each } of rules) {
    const property = properties[propertyName];
    if (!property) throw new Error(`${className}.${propertyName} is missing in the document.`);
    if (each) continue;
    const { note, ...meaning } = meanings[name]?.(constraints ?? []) ?? {};
    properties[propertyName] = { ...property, ...meaning, ...noted(property, note) };
  }
  return properties;
}

/** The description of a property, with what its validator adds in words. */
function noted({ description }, note) {
  if (note === undefined) return {};
  return { description: description === undefined ? note : `${description} ${note}` };
}
