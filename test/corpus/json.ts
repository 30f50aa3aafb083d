/** A JSON object of which nothing is known. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; an empty one if it is not. */
export function object(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** The objects in a list; none if the value is not a list. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number, else zero: providers leave counts out or set them to null where they mean none. */
export function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Parsed JSON, or undefined where the text is not JSON. */
export function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** An object without the fields that are undefined. */
export function defined(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
