import type { ChatRequest } from '../../src/core/chat.js';
import { GatewayError } from '../../src/core/errors.js';
import type { ProviderDefinition } from '../../src/core/provider.js';
import type { CatalogueSnapshot } from '../../src/providers/catalogue/catalogue-snapshot.js';
import type { CatalogueService } from '../../src/providers/catalogue/catalogue.service.js';
import type { CredentialService } from '../../src/providers/credentials/credential.service.js';
import { RoutingService } from '../../src/providers/routing/routing.service.js';
import { noCustomProviders } from './custom-providers.js';
import { makePrincipal } from './principal.js';

/** When requests are routed unless it is said otherwise: ms since the epoch. */
export const ROUTED_AT = 1_000;
const PRINCIPAL = makePrincipal();

/** A credential as far as a router looks at it. */
export interface RoutedCredential {
  readonly id: string;
  readonly owner: 'platform' | 'organization';
  readonly secret: string;
  readonly baseUrl: string;
  readonly origin: string;
}

/** The credential of a provider that this owner has. */
export function credentialOf(
  { id, baseUrl }: ProviderDefinition,
  owner: RoutedCredential['owner'] = 'platform',
): RoutedCredential {
  return { id: `${owner}:${id}`, owner, secret: 's', baseUrl, origin: baseUrl };
}

/** A router over a catalogue, with these credentials of each provider. */
export function routerWith(
  snapshot: CatalogueSnapshot,
  credentialsFor: (provider: ProviderDefinition) => readonly RoutedCredential[],
): RoutingService {
  return new RoutingService(
    { snapshot: () => snapshot } as CatalogueService,
    { credentialsFor } as unknown as CredentialService,
    noCustomProviders,
  );
}

/** A router over a catalogue, with credentials for every provider but those named. */
export function routerOf(snapshot: CatalogueSnapshot, ...unreachable: string[]): RoutingService {
  return routerWith(snapshot, (provider) =>
    unreachable.includes(provider.id) ? [] : [credentialOf(provider)],
  );
}

/** A request for a model. */
export function askFor(model: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { model, messages: [{ role: 'user', content: 'Hello' }], ...more };
}

/** The ids of the offers that are asked, in order. */
export function routed(router: RoutingService, request: ChatRequest, at = ROUTED_AT): string[] {
  return router.resolve(request, PRINCIPAL, at).plans.map(({ target }) => target.offer.id);
}

/** Why a request is refused. @throws Error where it is not */
export function refusalOf(router: RoutingService, request: ChatRequest): GatewayError {
  try {
    router.resolve(request, PRINCIPAL, ROUTED_AT);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}
