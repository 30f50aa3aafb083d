import type { JsonObject } from './json.js';

/** The parameters of a request that go to a provider as they are: those that its dialect does not read itself. */
export function untranslated(
  request: Readonly<JsonObject>,
  translated: ReadonlySet<string>,
): JsonObject {
  const passing = Object.entries(request).filter(
    ([name, value]) => !translated.has(name) && value !== undefined,
  );
  return Object.fromEntries(passing);
}
