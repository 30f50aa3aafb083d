/** All names by which an offer can be reached. */
export interface OfferNames {
  /** The canonical id of its model and the model's aliases. */
  readonly models: readonly string[];
  /** The same, and the provider's own name of the model, behind each name of the provider: `openai/gpt-4o`. */
  readonly pins: readonly string[];
  /** The id of its provider and the provider's aliases. */
  readonly providers: readonly string[];
}

/**
 * A test for offers that one of the patterns names: exactly, or by its beginning where the pattern ends in a star. A
 * model is all its names, so it makes no difference by which of them a client asks for it.
 */
export function namesOneOf(patterns: readonly string[]): (offer: OfferNames) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const prefixes = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1));
  // A prefix without a slash is that of a model's name, never that of a provider's.
  const pinPrefixes = prefixes.filter((prefix) => prefix.includes('/'));
  return ({ models, pins }) =>
    models.some((name) => exact.has(name) || startsWithOneOf(name, prefixes)) ||
    pins.some((name) => exact.has(name) || startsWithOneOf(name, pinPrefixes));
}

function startsWithOneOf(name: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}
