import { isObject, listOf, type JsonObject } from '../json.js';

/** A schema without `allOf`, `const` and exclusive bounds, which Gemini knows in no form; its children as they were. */
export function simplify(schema: JsonObject): JsonObject {
  return withFormatInWords(withInclusiveBounds(withEnum(withoutAllOf(schema))));
}

/** What all members demand at once: properties and required are joined, of other keywords the outer one wins. */
function withoutAllOf(schema: JsonObject): JsonObject {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  return [...allOf.filter(isObject).map(withoutAllOf), own].reduce<JsonObject>(joined, {});
}

function joined(left: JsonObject, right: JsonObject): JsonObject {
  const both: JsonObject = { ...left, ...right };
  if (isObject(left['properties']) && isObject(right['properties'])) {
    both['properties'] = { ...left['properties'], ...right['properties'] };
  }
  const required = [...listOf(left['required']), ...listOf(right['required'])];
  if (required.length > 0) both['required'] = [...new Set(required)];
  return both;
}

function withEnum(schema: JsonObject): JsonObject {
  if (!('const' in schema)) return schema;
  const { const: only, ...rest } = schema;
  return { ...rest, enum: [only] };
}

/** For integers the next one is exact; for other numbers the bound itself is the nearest that can be said. */
function withInclusiveBounds(schema: JsonObject): JsonObject {
  const { exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const step = schema['type'] === 'integer' ? 1 : 0;
  const bounded: JsonObject = rest;
  if (typeof exclusiveMinimum === 'number') bounded['minimum'] ??= exclusiveMinimum + step;
  if (typeof exclusiveMaximum === 'number') bounded['maximum'] ??= exclusiveMaximum - step;
  return bounded;
}

/** Formats that both forms of schema take; any other is refused by Gemini. */
const FORMATS = new Set(['date-time', 'enum', 'float', 'double', 'int32', 'int64']);

/** A format that Gemini refuses is asked for in the description. */
function withFormatInWords(schema: JsonObject): JsonObject {
  const { format, ...rest } = schema;
  if (typeof format !== 'string' || FORMATS.has(format)) return schema;
  const { description } = schema;
  const words = `Format: ${format}.`;
  return {
    ...rest,
    description: typeof description === 'string' ? `${description} ${words}` : words,
  };
}
