import { isObject, listOf, stringOf, type JsonObject } from '../json.js';

/** A function call whose arguments come in pieces. */
export interface PartialCall {
  readonly index: number;
  readonly args: JsonObject;
}

const VALUE_FIELDS = ['stringValue', 'numberValue', 'boolValue'] as const;
const PATH_STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(['"])(.*?)\3\]/g;
const DEEPEST_PATH = 100;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** The call with one event's `args` and `partialArgs` taken in. Source: Vertex AI, streamFunctionCallArguments. */
export function continueCall(call: PartialCall, native: JsonObject): PartialCall {
  const whole = isObject(native['args']) ? native['args'] : {};
  const pieces = listOf(native['partialArgs']).filter(isObject);
  const args = pieces.reduce<JsonObject>(withPiece, { ...call.args, ...whole });
  return { ...call, args };
}

function withPiece(args: JsonObject, piece: JsonObject): JsonObject {
  const path = stepsOf(stringOf(piece['jsonPath']) ?? '');
  if (
    path.length === 0 ||
    path.length > DEEPEST_PATH ||
    path.some((step) => FORBIDDEN_KEYS.has(String(step)))
  )
    return args;
  return placed(args, path, piece) as JsonObject;
}

/** Steps of a normalized JSONPath: `$.a[0]['b c']` → a, 0, "b c". */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(PATH_STEP)].map(([, dotted, index, , quoted]) =>
    index === undefined ? (dotted ?? quoted ?? '') : Number(index),
  );
}

const LONGEST_ARRAY = 10_000;

/** A copy of the container with the piece at the end of the path; strings are appended, other values replace. */
function placed(
  container: unknown,
  path: readonly (string | number)[],
  piece: JsonObject,
): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return valueOf(container, piece);
  if (typeof step === 'number') {
    const list = [...listOf(container)];
    if (step < LONGEST_ARRAY) list[step] = placed(list[step], rest, piece);
    return list;
  }
  const object = isObject(container) ? container : {};
  return { ...object, [step]: placed(object[step], rest, piece) };
}

function valueOf(before: unknown, piece: JsonObject): unknown {
  const field = VALUE_FIELDS.find((name) => piece[name] !== undefined);
  const value = field === undefined ? null : piece[field];
  return typeof value === 'string' && typeof before === 'string' ? before + value : value;
}
