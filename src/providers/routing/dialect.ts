import type { Offer } from '../../core/offer.js';
import type { ProtocolId, ProviderDefinition } from '../../core/provider.js';

type Spoken = Pick<Offer, 'capabilities' | 'upstreamModel'>;

/** Providers as they are in each further dialect, made once. */
const SPOKEN = new WeakMap<ProviderDefinition, Map<ProtocolId, ProviderDefinition>>();

/** The provider as it is spoken to for an offer: in the protocol that the offer names, else in its own. */
export function inDialect(
  provider: ProviderDefinition,
  { capabilities }: Pick<Spoken, 'capabilities'>,
): ProviderDefinition {
  return speaking(provider, capabilities.protocol ?? provider.protocol);
}

/**
 * The provider as it is spoken to where it is to search the web itself: in the protocol that the offer names, else in
 * the one that it has for searches by this model, else in its own.
 */
export function inSearchDialect(
  provider: ProviderDefinition,
  { capabilities, upstreamModel }: Spoken,
): ProviderDefinition {
  const forSearch = provider.dialects?.find(
    ({ webSearch }) => webSearch && !webSearch.except?.test(upstreamModel),
  );
  return speaking(provider, capabilities.protocol ?? forSearch?.protocol ?? provider.protocol);
}

function speaking(provider: ProviderDefinition, protocol: ProtocolId): ProviderDefinition {
  if (protocol === provider.protocol) return provider;
  const known = SPOKEN.get(provider) ?? new Map<ProtocolId, ProviderDefinition>();
  SPOKEN.set(provider, known);
  const made = known.get(protocol) ?? translated(provider, protocol);
  known.set(protocol, made);
  return made;
}

/** Quirks and paths are those of a protocol: a further one has its own quirks, or none, and its usual path. */
function translated(provider: ProviderDefinition, protocol: ProtocolId): ProviderDefinition {
  const { quirks: _own, callPaths: _paths, ...rest } = provider;
  const quirks = provider.dialects?.find((dialect) => dialect.protocol === protocol)?.quirks;
  return { ...rest, protocol, ...(quirks ? { quirks } : {}) };
}
