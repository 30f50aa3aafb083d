const DEFAULT_TIER = 'default';

/** What providers call the tier that list prices are for (OpenAI, Anthropic and Gemini, Groq). */
const DEFAULT_TIER_NAMES: ReadonlySet<string> = new Set([
  '',
  'default',
  'auto',
  'standard',
  'on_demand',
]);

/** The tiers that OpenAI's `auto` may turn out to be; others serve only who asks for them. */
const CHOSEN_BY_PROVIDER: ReadonlySet<string> = new Set(['flex', 'priority', 'scale']);

/** A provider's name of a service tier as prices name it: whatever means the list price is `default`. */
export function normalServiceTier(name: string | undefined): string {
  return name === undefined || DEFAULT_TIER_NAMES.has(name) ? DEFAULT_TIER : name;
}

/**
 * Whether a price of this tier can be that of a call which asks for a tier. Absent or `auto` the provider chooses;
 * a price without a tier is that of every call.
 */
export function tierMayServe(priced: string | undefined, requested = 'auto'): boolean {
  if (priced === undefined || priced === normalServiceTier(requested)) return true;
  return requested === 'auto' && CHOSEN_BY_PROVIDER.has(priced);
}
