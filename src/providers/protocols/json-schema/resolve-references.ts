import { isObject, type JsonObject } from '../json.js';
import { forEachSubschema, isSchema, mapSubschemas, type Schema } from './subschemas.js';

/** How often a definition may be written out inside itself. */
const MAX_RECURSION = 3;
/** Definitions inside definitions, and schemas altogether; beyond them a definition is only outlined. */
const MAX_DEPTH = 40;
const MAX_SCHEMAS = 5_000;

interface Expansion {
  readonly root: JsonObject;
  schemasLeft: number;
}

/**
 * A schema in which every local `$ref` is replaced by what it points at, and without `$defs` and `definitions`. What
 * stands beside a `$ref` wins over the definition. A recursive definition is written out three times inside itself;
 * the fourth is only an outline of it (type and description). References to other documents stay as they are.
 */
export function inlineReferences(schema: JsonObject): JsonObject {
  const inlined = expand(schema, [], { root: schema, schemasLeft: MAX_SCHEMAS });
  return isObject(inlined) ? inlined : {};
}

/** Whether following the local references of a schema never ends. */
export function isRecursive(schema: JsonObject): boolean {
  const finished = new Set<string>();
  const visit = (node: Schema, open: readonly string[]): boolean => {
    if (!isObject(node)) return false;
    const reference = localReference(node);
    if (reference !== undefined && open.includes(reference)) return true;
    let found = false;
    if (reference !== undefined && !finished.has(reference)) {
      const definition = lookUp(schema, reference);
      if (definition !== undefined) found = visit(definition, [...open, reference]);
      finished.add(reference);
    }
    forEachSubschema(withoutDefinitions(node), (child) => {
      found ||= visit(child, open);
    });
    return found;
  };
  return visit(schema, ['#']);
}

function expand(node: Schema, open: readonly string[], expansion: Expansion): Schema {
  if (!isObject(node)) return node;
  expansion.schemasLeft -= 1;
  const reference = localReference(node);
  const definition = reference === undefined ? undefined : lookUp(expansion.root, reference);
  if (reference === undefined || definition === undefined) {
    return mapSubschemas(withoutDefinitions(node), (child) => expand(child, open, expansion));
  }
  const { $ref: _pointer, ...beside } = node;
  const repeats = open.filter((earlier) => earlier === reference).length;
  if (repeats >= MAX_RECURSION || open.length >= MAX_DEPTH || expansion.schemasLeft <= 0) {
    return { ...outlineOf(definition), ...beside };
  }
  const written = expand(definition, [...open, reference], expansion);
  const rest = expand(beside, open, expansion);
  return isObject(written) ? { ...written, ...(rest as JsonObject) } : written;
}

function localReference(node: JsonObject): string | undefined {
  const reference = node['$ref'];
  return typeof reference === 'string' && reference.startsWith('#') ? reference : undefined;
}

/** Follows a JSON pointer in a URI fragment. Source: RFC 6901, sections 4 and 6. */
function lookUp(root: JsonObject, reference: string): Schema | undefined {
  let place: unknown = root;
  for (const token of reference.slice(1).split('/').slice(1)) {
    const name = unescapeUri(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(place)) place = place[Number(name)];
    else if (isObject(place) && Object.hasOwn(place, name)) place = place[name];
    else return undefined;
  }
  return isSchema(place) ? place : undefined;
}

function unescapeUri(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function outlineOf(definition: Schema): JsonObject {
  if (!isObject(definition)) return {};
  const { type, description } = definition;
  return {
    ...(type === undefined ? {} : { type }),
    ...(description === undefined ? {} : { description }),
  };
}

function withoutDefinitions(node: JsonObject): JsonObject {
  if (!('$defs' in node) && !('definitions' in node)) return node;
  const { $defs: _current, definitions: _former, ...rest } = node;
  return rest;
}
