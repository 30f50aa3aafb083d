const MAX_DEPTH = 64;
/** More than the longest conversation has; a million of them would stop the process for seconds. */
const MAX_FIELDS = 200_000;

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * What is wrong with the shape of JSON text, in words: too many levels, too many fields. One pass over the bytes,
 * before anything is built from them.
 */
export function faultOfShape(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let fields = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    else if (byte === COLON && ++fields > MAX_FIELDS) return `has more than ${MAX_FIELDS} fields`;
  }
  return undefined;
}
