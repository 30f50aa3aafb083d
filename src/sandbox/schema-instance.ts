import { arrayAt, isObject, numberAt, objectAt, stringAt, type JsonObject } from './json-read.js';

const MAX_DEPTH = 8;
const MAX_ITEMS = 10;
const MAX_PADDING = 1000;

const FORMATS: ReadonlyMap<string, string> = new Map([
  ['date-time', '2024-01-01T00:00:00Z'],
  ['date', '2024-01-01'],
  ['time', '12:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'user@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/'],
  ['url', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
]);

interface Place {
  readonly root: unknown;
  readonly name: string;
  readonly suffix: string;
  readonly depth: number;
}

/**
 * A value that fits a JSON schema, always the same one for the same schema and suffix; the suffix
 * ends every free string, so that two calls of one tool differ. It covers what tool schemas use:
 * `pattern`, `not` and conditional keywords are not considered.
 */
export function schemaInstance(schema: unknown, suffix = ''): unknown {
  return build(schema, { root: schema, name: 'value', suffix, depth: 0 });
}

function build(schema: unknown, place: Place): unknown {
  if (!isObject(schema)) return {};
  if (place.depth > MAX_DEPTH) return null;
  const deeper = { ...place, depth: place.depth + 1 };
  const ref = stringAt(schema, '$ref');
  if (ref !== undefined) return build(resolve(place.root, ref), deeper);
  if ('const' in schema) return schema.const;
  const options = arrayAt(schema, 'enum');
  if (options.length > 0) return options[0];
  if ('default' in schema) return schema.default;
  const alternative = arrayAt(schema, 'anyOf')[0] ?? arrayAt(schema, 'oneOf')[0];
  if (alternative !== undefined) return build(alternative, deeper);
  const parts = arrayAt(schema, 'allOf');
  if (parts.length > 0) return build(merged(schema, parts, place.root), deeper);
  return ofType(schema, place);
}

function ofType(schema: JsonObject, place: Place): unknown {
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, place);
    case 'array':
      return arrayOf(schema, place);
    case 'integer':
      return Math.ceil(numberOf(schema, 1));
    case 'number':
      return numberOf(schema, 1.5);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringOf(schema, place.name + place.suffix);
  }
}

/** Gemini writes types in capitals; a list of types is answered with its first real one. */
function typeOf(schema: JsonObject): string {
  const listed = arrayAt(schema, 'type').filter((type) => type !== 'null');
  const type = stringAt(schema, 'type') ?? listed[0];
  if (typeof type === 'string') return type.toLowerCase();
  if ('properties' in schema || 'required' in schema) return 'object';
  return 'items' in schema || 'prefixItems' in schema ? 'array' : 'string';
}

function objectOf(schema: JsonObject, place: Place): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const members = arrayAt(schema, 'required')
    .filter((key): key is string => typeof key === 'string')
    .map((key): [string, unknown] => {
      const inner = { ...place, name: key, depth: place.depth + 1 };
      return [key, key in properties ? build(properties[key], inner) : key];
    });
  return Object.fromEntries(members);
}

function arrayOf(schema: JsonObject, place: Place): unknown[] {
  const inner = { ...place, depth: place.depth + 1 };
  const tuple = arrayAt(schema, 'prefixItems');
  if (tuple.length > 0) return tuple.map((item) => build(item, inner));
  const least = Math.min(numberAt(schema, 'minItems') ?? 1, MAX_ITEMS);
  const count = Math.min(Math.max(least, 1), numberAt(schema, 'maxItems') ?? MAX_ITEMS);
  if (place.depth >= MAX_DEPTH) return [];
  const items = schema.items ?? { type: 'string' };
  return Array.from({ length: count }, () => build(items, inner));
}

function numberOf(schema: JsonObject, preferred: number): number {
  const above = numberAt(schema, 'exclusiveMinimum');
  const below = numberAt(schema, 'exclusiveMaximum');
  const least = numberAt(schema, 'minimum') ?? (above === undefined ? undefined : above + 1);
  const most = numberAt(schema, 'maximum') ?? (below === undefined ? undefined : below - 1);
  const step = numberAt(schema, 'multipleOf');
  const value = Math.min(Math.max(preferred, least ?? preferred), most ?? Infinity);
  return step === undefined || step <= 0 ? value : Math.ceil(value / step) * step;
}

function stringOf(schema: JsonObject, name: string): string {
  const known = FORMATS.get(stringAt(schema, 'format') ?? '');
  if (known !== undefined) return known;
  const least = Math.min(numberAt(schema, 'minLength') ?? 0, MAX_PADDING);
  return name.padEnd(least, 'x').slice(0, numberAt(schema, 'maxLength') ?? undefined);
}

function merged(schema: JsonObject, parts: readonly unknown[], root: unknown): JsonObject {
  const { allOf: _replaced, ...own } = schema;
  const all = [own, ...parts.map((part) => followed(part, root)).filter(isObject)];
  const properties = all.flatMap((part) => Object.entries(objectAt(part, 'properties') ?? {}));
  return {
    ...Object.fromEntries(all.flatMap((part) => Object.entries(part))),
    properties: Object.fromEntries(properties),
    required: [...new Set(all.flatMap((part) => arrayAt(part, 'required')))],
  };
}

function followed(schema: unknown, root: unknown): unknown {
  const ref = stringAt(schema, '$ref');
  return ref === undefined ? schema : resolve(root, ref);
}

/** Follows a reference within the document, e.g. `#/$defs/City`. */
function resolve(root: unknown, ref: string): unknown {
  let at: unknown = root;
  for (const segment of ref.split('/').slice(1)) {
    const key = segment.replace(/~1/g, '/').replace(/~0/g, '~');
    at = isObject(at) ? at[key] : undefined;
  }
  return at;
}
