import { isObject, type JsonObject } from '../../core/json-object.js';

export { isObject, type JsonObject };

/** The value as an object, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The value as a list, or an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ENTRIES;
}

const NO_ENTRIES: readonly unknown[] = [];

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** More tokens than any call can have; a provider that reports more reports nonsense. */
const LARGEST_COUNT = 2_147_483_647;

/** A count of tokens: a non-negative integer of a size that can be, else undefined. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 0 &&
    value <= LARGEST_COUNT
    ? value
    : undefined;
}

/** Parsed JSON, or undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
