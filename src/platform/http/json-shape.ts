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
const OPENING = ['{', '['] as const;

/**
 * What is wrong with the shape of JSON text, in words: too many levels, too many elements. One pass over the text, before
 * anything is built from it. Elements are commas and opening brackets: no value and no field of an object comes without
 * the one or the other before it.
 */
export function faultOfShape(text: string, maxElements = MAX_ELEMENTS): string | undefined {
  // Most bodies are too short to have too many, and to count their brackets takes a fifth of the pass.
  if (text.length <= maxElements && !hasMoreBrackets(text, MAX_DEPTH)) return undefined;
  let depth = 0;
  let elements = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === BACKSLASH) at++;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) inString = true;
    else if (character === COMMA) {
      if (++elements > maxElements) return tooMany(maxElements);
    } else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
      if (++elements > maxElements) return tooMany(maxElements);
    } else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth--;
  }
  return undefined;
}

/** Whether more than so many brackets open, those in strings too. */
function hasMoreBrackets(text: string, most: number): boolean {
  let count = 0;
  for (const bracket of OPENING) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      if (++count > most) return true;
    }
  }
  return false;
}

function tooMany(maxElements: number): string {
  return `has more than ${maxElements} elements (fields, items, objects and arrays)`;
}
