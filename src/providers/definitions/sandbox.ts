import type { ProviderDefinition } from '../../core/provider.js';

/** The built-in upstream on loopback; SANDBOX_BASE_URL is set by whoever started it. */
export const sandbox: ProviderDefinition = {
  id: 'sandbox',
  name: 'Sandbox',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1:4010/v1',
  auth: { kind: 'none' },
  headers: { authorization: 'Bearer sandbox' },
  environment: [],
  baseUrlEnvironment: 'SANDBOX_BASE_URL',
};
