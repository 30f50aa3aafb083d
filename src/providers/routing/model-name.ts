import type { ProviderDefinition } from '../../core/provider.js';

/** What a client named as `model`: a model anywhere, a model at a provider, or whatever is fit. */
export type ModelName =
  | { readonly kind: 'auto' }
  | { readonly kind: 'routed'; readonly name: string }
  | { readonly kind: 'pinned'; readonly provider: ProviderDefinition; readonly name: string };

const NONE: ReadonlyMap<string, ProviderDefinition> = new Map();

/** Providers by id and alias. */
export function indexProviders(
  providers: readonly ProviderDefinition[],
): ReadonlyMap<string, ProviderDefinition> {
  return new Map(
    providers.flatMap((provider) =>
      [provider.id, ...(provider.aliases ?? [])].map((id) => [id, provider]),
    ),
  );
}

/**
 * Reads `gpt-4o`, `openai/gpt-4o` or `auto`. A first segment that is no provider belongs to the name
 * (`meta-llama/llama-3.3-70b-instruct`). `own` are providers that the caller's organization has beside those of all.
 */
export function parseModelName(
  model: string,
  providers: ReadonlyMap<string, ProviderDefinition>,
  own: ReadonlyMap<string, ProviderDefinition> = NONE,
): ModelName {
  if (model === 'auto') return { kind: 'auto' };
  const slash = model.indexOf('/');
  const first = model.slice(0, Math.max(slash, 0));
  const provider = slash > 0 ? (providers.get(first) ?? own.get(first)) : undefined;
  if (provider) return { kind: 'pinned', provider, name: model.slice(slash + 1) };
  return { kind: 'routed', name: model };
}
