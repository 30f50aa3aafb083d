import { isJson, object, text, type Json } from '../json.js';

/**
 * What a request asks, in no dialect: the recorded request of a provider and the one that the gateway sends must
 * have the same outline. Undefined stands for a parameter that is absent or has its default.
 */
export interface Outline {
  readonly system: string;
  /** Neighbouring turns of the same side are one. */
  readonly turns: readonly Turn[];
  readonly tools: readonly Json[];
  readonly parameters: Json;
}

export interface Turn {
  readonly side: 'user' | 'assistant';
  readonly text: string;
  /** Images, sounds and files. */
  readonly media: number;
  /** Calls with their arguments, then results, as JSON texts. */
  readonly calls: readonly string[];
  readonly results: readonly string[];
  /** Signatures of thoughts. */
  readonly signatures: readonly string[];
  /** Thoughts in plain words, which few providers want back. */
  readonly thoughts: string;
}

export function emptyTurn(side: Turn['side']): Turn {
  return { side, text: '', media: 0, calls: [], results: [], signatures: [], thoughts: '' };
}

/** Turns with neighbours of the same side put together, empty ones left out. */
export function mergedTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (!last || last.side !== turn.side) merged.push(turn);
    else {
      merged[merged.length - 1] = {
        side: turn.side,
        text: last.text + turn.text,
        media: last.media + turn.media,
        calls: [...last.calls, ...turn.calls],
        results: [...last.results, ...turn.results],
        signatures: [...last.signatures, ...turn.signatures],
        thoughts: last.thoughts + turn.thoughts,
      };
    }
  }
  return merged;
}

/** Parameters without those that are null, undefined or what is assumed when they are absent. */
export function parameters(fields: Json, defaults: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => value !== undefined && value !== null && value !== defaults[name],
    ),
  );
}

/** A call as text that two dialects write alike. */
export function callText(name: unknown, given: unknown): string {
  return `${text(name)}(${JSON.stringify(sorted(given))})`;
}

/** A tool by what every dialect can say of it. */
export function toolOutline(name: unknown, description: unknown, schema: unknown): Json {
  return { name, description: text(description), parameters: schemaShape(schema) };
}

/**
 * What all subsets of JSON Schema keep: types, names, what is required, what may be chosen. An object without
 * properties says as little as no schema.
 */
export function schemaShape(schema: unknown): Json {
  const { type, properties, required, items, enum: choices } = object(schema);
  const named = Object.entries(object(properties)).map(([name, value]) => [
    name,
    schemaShape(value),
  ]);
  const kind = typeof type === 'string' ? type.toLowerCase() : undefined;
  return {
    ...(kind === undefined || (kind === 'object' && named.length === 0) ? {} : { type: kind }),
    ...(named.length > 0 ? { properties: sorted(Object.fromEntries(named)) } : {}),
    ...(Array.isArray(required) && required.length > 0 ? { required: [...required].sort() } : {}),
    ...(isJson(items) ? { items: schemaShape(items) } : {}),
    ...(Array.isArray(choices) ? { enum: choices } : {}),
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
