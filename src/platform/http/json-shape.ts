const MAX_DEPTH = 64;
/** More than the longest conversation has; millions of them would stop the process for seconds. */
const MAX_ELEMENTS = 200_000;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * What is wrong with the shape of JSON text, in words: too many levels, too many elements. One pass over the bytes,
 * before anything is built from them. Elements are commas and opening brackets: no value and no field of an object
 * comes without the one or the other before it.
 */
export function faultOfShape(bytes: Uint8Array, maxElements = MAX_ELEMENTS): string | undefined {
  let depth = 0;
  let elements = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA) {
      if (++elements > maxElements) return tooMany(maxElements);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
      if (++elements > maxElements) return tooMany(maxElements);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  return undefined;
}

function tooMany(maxElements: number): string {
  return `has more than ${maxElements} elements (fields, items, objects and arrays)`;
}
