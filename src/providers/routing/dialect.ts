import type { ChatRequest } from '../../core/chat.js';
import type { Offer } from '../../core/offer.js';
import type { ProtocolId, ProviderDefinition } from '../../core/provider.js';
import { wantsWebSearch } from '../protocols/web-search.js';

/** Providers as they are in each further dialect, made once. */
const SPOKEN = new WeakMap<ProviderDefinition, Map<ProtocolId, ProviderDefinition>>();

/**
 * The provider as it is spoken to for a request: in the protocol that the offer names, in the one that it has for a
 * search of the web, else in its own.
 */
export function inDialect(
  provider: ProviderDefinition,
  { capabilities, upstreamModel }: Pick<Offer, 'capabilities' | 'upstreamModel'>,
  request: ChatRequest,
): ProviderDefinition {
  if (capabilities.protocol !== undefined) return speaking(provider, capabilities.protocol);
  const forSearch = provider.dialects?.find(
    ({ webSearch }) => webSearch && !webSearch.except?.test(upstreamModel),
  );
  return forSearch && wantsWebSearch(request) ? speaking(provider, forSearch.protocol) : provider;
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
