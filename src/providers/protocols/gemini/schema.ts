import { inlineReferences, isRecursive } from '../json-schema/resolve-references.js';
import { mapSubschemas, type Schema } from '../json-schema/subschemas.js';
import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';
import { simplify } from './schema-simplify.js';

/**
 * A schema in one of the two forms that Gemini takes: `openapi`, a subset of OpenAPI 3.0 that every model knows
 * (`responseSchema`, `parameters`), and `json`, a subset of JSON Schema (`responseJsonSchema`,
 * `parametersJsonSchema`) for what the first cannot say: free keys, tuples, recursion, values that are not strings
 * in an enum. Source: ai.google.dev/api/caching#Schema, ai.google.dev/gemini-api/docs/structured-output.
 */
export interface GeminiSchema {
  readonly form: 'openapi' | 'json';
  readonly schema: JsonObject;
}

/** The JSON schema of a client in the simplest form that says the same. */
export function toGeminiSchema(schema: JsonObject): GeminiSchema {
  if (isRecursive(schema)) return { form: 'json', schema: toJsonForm(schema) };
  const inlined = inlineReferences(schema);
  const openApi = toOpenApiForm(inlined);
  if (openApi !== undefined) return { form: 'openapi', schema: openApi };
  return { form: 'json', schema: toJsonForm(inlined) };
}

const OF_EVERY_TYPE = ['title', 'description', 'default', 'example'];
const OF_NUMBERS = ['format', 'minimum', 'maximum'];

/** The keywords that say something about a type; others beside it are left out. */
const KEYWORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['string', ['format', 'enum', 'pattern', 'minLength', 'maxLength']],
  ['number', OF_NUMBERS],
  ['integer', OF_NUMBERS],
  ['boolean', []],
  ['array', ['minItems', 'maxItems']],
  ['object', ['minProperties', 'maxProperties', 'propertyOrdering']],
]);

/** Undefined if the schema, or one inside it, cannot be said in this form. */
function toOpenApiForm(schema: unknown): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const node = simplify(schema);
  const types = typesOf(node);
  const named = types.filter((type) => type !== 'null');
  const isNullable = types.includes('null') || node['nullable'] === true || hasNull(node['enum']);
  const [type] = named;
  if (type === undefined) return alternatives(node, node['anyOf'] ?? node['oneOf'], isNullable);
  if (named.length > 1) {
    const branches = named.map((one) => ({ ...node, type: one }));
    return alternatives({}, branches, isNullable);
  }
  const typed = ofType(node, type);
  return typed && isNullable ? { ...typed, nullable: true } : typed;
}

function hasNull(values: unknown): boolean {
  return Array.isArray(values) && values.includes(null);
}

/** The types in lower case; told from the other keywords where `type` is missing. */
function typesOf(node: JsonObject): string[] {
  const { type } = node;
  const told: unknown[] = Array.isArray(type) ? type : [type];
  const types = told.filter((one) => typeof one === 'string').map((one) => one.toLowerCase());
  if (types.length > 0) return types;
  if (isObject(node['properties'])) return ['object'];
  if (node['items'] !== undefined) return ['array'];
  return Array.isArray(node['enum']) ? ['string'] : [];
}

function ofType(node: JsonObject, type: string): JsonObject | undefined {
  const keywords = KEYWORDS.get(type);
  if (keywords === undefined) return undefined;
  const picked: JsonObject = { type };
  for (const keyword of [...OF_EVERY_TYPE, ...keywords]) {
    if (node[keyword] !== undefined && node[keyword] !== null) picked[keyword] = node[keyword];
  }
  if (type === 'array') return withItems(picked, node);
  if (type === 'object') return withProperties(picked, node);
  return withEnum(picked, node);
}

/** An enum lists strings only. */
function withEnum(picked: JsonObject, node: JsonObject): JsonObject | undefined {
  if (!Array.isArray(node['enum'])) return picked;
  const values = node['enum'].filter((value) => value !== null);
  const areStrings =
    picked['type'] === 'string' && values.every((value) => typeof value === 'string');
  return areStrings && values.length > 0 ? { ...picked, enum: values } : undefined;
}

function withItems(picked: JsonObject, node: JsonObject): JsonObject | undefined {
  const items = toOpenApiForm(node['items']);
  const isTuple = node['prefixItems'] !== undefined;
  return items === undefined || isTuple ? undefined : { ...picked, items };
}

/** An object must name its properties, and no others can be described. */
function withProperties(picked: JsonObject, node: JsonObject): JsonObject | undefined {
  const entries = Object.entries(isObject(node['properties']) ? node['properties'] : {});
  if (entries.length === 0 || isObject(node['additionalProperties'])) return undefined;
  const converted = entries.map(([name, child]) => [name, toOpenApiForm(child)] as const);
  if (converted.some(([, child]) => child === undefined)) return undefined;
  const names = new Set<unknown>(entries.map(([name]) => name));
  const required = listOf(node['required']).filter((name) => names.has(name));
  return {
    ...picked,
    properties: Object.fromEntries(converted),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** `anyOf` must stand alone, so what stands beside it goes into its members; of a single one nothing else is left. */
function alternatives(
  node: JsonObject,
  list: unknown,
  isNullable: boolean,
): JsonObject | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const members = list.filter((member) => !(isObject(member) && member['type'] === 'null'));
  const beside = Object.fromEntries(
    ['title', 'description']
      .filter((key) => node[key] !== undefined)
      .map((key) => [key, node[key]]),
  );
  const nullable = isNullable || members.length < list.length ? { nullable: true } : {};
  const converted = members.map(toOpenApiForm).filter((member) => member !== undefined);
  const [only] = converted;
  if (only === undefined || converted.length < members.length) return undefined;
  if (converted.length === 1) return { ...only, ...beside, ...nullable };
  return { anyOf: converted.map((member) => ({ ...beside, ...member, ...nullable })) };
}

/** What the JSON Schema form knows. */
const JSON_KEYWORDS = new Set(
  (
    '$id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum ' +
    'anyOf oneOf properties additionalProperties required propertyOrdering'
  ).split(' '),
);

function toJsonForm(schema: JsonObject): JsonObject {
  const { definitions, ...rest } = simplify(schema);
  const node = isObject(definitions)
    ? { ...rest, $defs: { ...definitions, ...objectOf(rest['$defs']) } }
    : rest;
  const known = Object.entries(node).filter(([keyword]) => JSON_KEYWORDS.has(keyword));
  const converted = mapSubschemas(Object.fromEntries(known), (child: Schema) =>
    isObject(child) ? toJsonForm(child) : child,
  );
  const reference = stringOf(converted['$ref']);
  if (reference === undefined) return converted;
  return { ...converted, $ref: reference.replace(/^#\/definitions\//, '#/$defs/') };
}
