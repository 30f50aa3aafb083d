import type { ProviderDefinition } from '../../core/provider.js';
import { PROVIDERS } from '../definitions/registry.js';
import { brave } from './brave.js';
import { sandboxSearch } from './sandbox.js';
import type { SearchProvider } from './search-provider.js';
import { searxng } from './searxng.js';
import { serper } from './serper.js';
import { tavily } from './tavily.js';

/** Every search provider that the gateway knows. A new one is a file beside this one and a line here. */
export const SEARCH_PROVIDERS: readonly SearchProvider[] = [
  serper,
  brave,
  tavily,
  searxng,
  sandboxSearch,
];

/** All that credentials can be for, and that the catalogue may have offers of: those of models and those of searches. */
export const CREDENTIAL_PROVIDERS: readonly ProviderDefinition[] = [
  ...PROVIDERS,
  ...SEARCH_PROVIDERS.map(({ definition }) => definition),
];
