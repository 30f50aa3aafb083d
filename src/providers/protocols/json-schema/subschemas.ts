import { isObject, type JsonObject } from '../json.js';

/** A JSON schema; `true` and `false` are schemas too. */
export type Schema = JsonObject | boolean;

/** Keywords whose value is a schema. */
const SINGLE = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]);

/** Keywords whose value is a list of schemas. */
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items']);

/** Keywords whose value maps names to schemas. */
const MAPS = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || isObject(value);
}

/**
 * A copy of a schema with each schema directly inside it replaced by `transform` of it. Values that only look like
 * schemas (`enum`, `const`, `default`, `examples`) are left alone.
 * Source: json-schema.org/draft/2020-12, applicator vocabulary.
 */
export function mapSubschemas(
  schema: JsonObject,
  transform: (child: Schema) => Schema,
): JsonObject {
  const mapped: JsonObject = {};
  const apply = (value: unknown): unknown => (isSchema(value) ? transform(value) : value);
  for (const [keyword, value] of Object.entries(schema)) {
    if (LISTS.has(keyword) && Array.isArray(value)) mapped[keyword] = value.map(apply);
    else if (SINGLE.has(keyword)) mapped[keyword] = apply(value);
    else if (MAPS.has(keyword) && isObject(value)) {
      mapped[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, child]) => [name, apply(child)]),
      );
    } else mapped[keyword] = value;
  }
  return mapped;
}

/** Calls `visit` with each schema directly inside a schema. */
export function forEachSubschema(schema: JsonObject, visit: (child: Schema) => void): void {
  mapSubschemas(schema, (child) => {
    visit(child);
    return child;
  });
}
