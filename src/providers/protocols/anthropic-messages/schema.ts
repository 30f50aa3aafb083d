import { isObject, listOf, objectOf, type JsonObject } from '../json.js';
import { inlineReferences, isRecursive } from '../json-schema/resolve-references.js';
import { forEachSubschema, mapSubschemas, type Schema } from '../json-schema/subschemas.js';
import { ownEntry } from '../../../core/own-entry.js';

/**
 * The part of JSON Schema that structured outputs and strict tools know.
 * Source: platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations".
 */
const KNOWN = new Set([
  'type',
  'enum',
  'const',
  'default',
  'title',
  'description',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'allOf',
]);

/** Keywords that constrain nothing: left out without a word. */
const SILENT = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$comment',
  'nullable',
  'discriminator',
  'deprecated',
  'readOnly',
  'writeOnly',
  'strict',
]);

const FORMATS = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/** Back references, look-around and word boundaries. */
const HARD_PATTERN = /\\[1-9bB]|\(\?/;

/** Keywords that are known for some of their values. */
const CONDITIONAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  format: (value) => typeof value === 'string' && FORMATS.has(value),
  minItems: (value) => value === 0 || value === 1,
  pattern: (value) => typeof value === 'string' && !HARD_PATTERN.test(value),
};

/**
 * A schema within the known part. References are written out, `oneOf` becomes `anyOf`, `allOf` is folded into the
 * schema where it can be, objects are closed; a constraint that cannot be enforced is told in the description.
 */
export function toKnownSchema(schema: JsonObject): JsonObject {
  return objectOf(convert(inlineReferences(schema)));
}

/**
 * Whether the known part can hold what the schema means: nothing recursive, no reference to another document and no
 * object whose names are open (a map could only ever come out empty).
 */
export function isExpressible(schema: JsonObject): boolean {
  return !isRecursive(schema) && isClosed(inlineReferences(schema));
}

function isClosed(schema: Schema): boolean {
  if (!isObject(schema)) return true;
  if (schema['$ref'] !== undefined || isMap(schema)) return false;
  let closed = true;
  forEachSubschema(schema, (child) => {
    closed &&= isClosed(child);
  });
  return closed;
}

function isMap(schema: JsonObject): boolean {
  const composed = ['anyOf', 'oneOf', 'allOf'].some((keyword) => schema[keyword] !== undefined);
  if (!isObjectType(schema) || composed || schema['additionalProperties'] === false) return false;
  return Object.keys(objectOf(schema['properties'])).length === 0;
}

function isObjectType(schema: JsonObject): boolean {
  const { type } = schema;
  return (
    type === 'object' ||
    (Array.isArray(type) && type.includes('object')) ||
    isObject(schema['properties'])
  );
}

function convert(schema: Schema): Schema {
  if (!isObject(schema)) return schema;
  const merged = mapSubschemas(foldAllOf(schema), convert);
  if (merged['oneOf'] !== undefined && merged['anyOf'] === undefined) {
    merged['anyOf'] = merged['oneOf'];
    delete merged['oneOf'];
  }
  const known = withNotes(merged);
  if (isObjectType(known))
    Object.assign(known, { type: known['type'] ?? 'object', additionalProperties: false });
  else delete known['additionalProperties'];
  if (schema['nullable'] === true && known['type'] !== undefined)
    known['type'] = withNull(known['type']);
  return known;
}

/** The known keywords, and in the description a note of the constraints among the others. */
function withNotes(schema: JsonObject): JsonObject {
  const known: JsonObject = {};
  const notes: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (KNOWN.has(keyword) || ownEntry(CONDITIONAL, keyword)?.(value)) known[keyword] = value;
    else if (!SILENT.has(keyword)) notes.push(`${keyword}: ${JSON.stringify(value)}`);
  }
  if (notes.length === 0) return known;
  const description = known['description'];
  const note = `Constraints: ${notes.join(', ')}.`;
  known['description'] =
    typeof description === 'string' && description !== '' ? `${description}\n${note}` : note;
  return known;
}

function withNull(type: unknown): unknown {
  const types: unknown[] = Array.isArray(type) ? type : [type];
  return types.includes('null') ? type : [...types, 'null'];
}

/**
 * Joins the branches of an `allOf` with what stands beside it. Closed one by one, objects that each know only some of
 * the names would exclude each other.
 */
function foldAllOf(schema: JsonObject): JsonObject {
  const { allOf: branches, ...rest } = schema;
  if (!Array.isArray(branches)) return schema;
  let folded: JsonObject = rest;
  const left: unknown[] = [];
  for (const branch of branches as unknown[]) {
    const joined = isObject(branch) ? join(folded, foldAllOf(branch)) : undefined;
    if (joined) folded = joined;
    else left.push(branch);
  }
  return left.length === 0 ? folded : { ...folded, allOf: left };
}

/** Both schemas in one, or undefined if they say different things under the same keyword. */
function join(left: JsonObject, right: JsonObject): JsonObject | undefined {
  const joined: JsonObject = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    const present = left[keyword];
    if (present === undefined || keyword === 'title' || keyword === 'description')
      joined[keyword] ??= value;
    else if (keyword === 'properties')
      joined[keyword] = { ...objectOf(value), ...objectOf(present) };
    else if (keyword === 'required')
      joined[keyword] = [...new Set([...listOf(present), ...listOf(value)])];
    else if (JSON.stringify(present) !== JSON.stringify(value)) return undefined;
  }
  return joined;
}
