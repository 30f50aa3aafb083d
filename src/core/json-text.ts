/** What JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A string as JSON.stringify writes it, sooner where nothing in it is to be escaped. */
export function jsonString(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}
