import { NO_OWN_PROVIDERS } from '../../src/providers/custom/custom-provider.js';
import type { CustomProviderService } from '../../src/providers/custom/custom-provider.service.js';

/** Organizations that have no providers beside the built-in ones. */
export const noCustomProviders = {
  ready: () => undefined,
  of: () => NO_OWN_PROVIDERS,
} as unknown as CustomProviderService;
