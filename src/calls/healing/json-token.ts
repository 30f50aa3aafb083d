/** A number or a literal of JSON that begins with this text and may go on; RFC 8259, sections 3 and 6. */
const NUMBER_PREFIX = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?)?$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS: readonly string[] = ['true', 'false', 'null'];

/** Longer numbers are nobody's; the bound keeps the cost of reading one linear. */
export const MAX_TOKEN = 400;

/** Whether more characters could make this text a number or a literal, or it is one. */
export function isTokenPrefix(text: string): boolean {
  if (text.length > MAX_TOKEN) return false;
  return NUMBER_PREFIX.test(text) || LITERALS.some((literal) => literal.startsWith(text));
}

/** Whether this text is a number or a literal. */
export function isToken(text: string): boolean {
  return NUMBER.test(text) || LITERALS.includes(text);
}
