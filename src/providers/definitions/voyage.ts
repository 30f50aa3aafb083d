import type { ProviderDefinition } from '../../core/provider.js';

/** Source: docs.voyageai.com, embeddings and rerankers; it has no chat. */
export const voyage: ProviderDefinition = {
  id: 'voyage',
  name: 'Voyage AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.voyageai.com/v1',
  auth: { kind: 'bearer' },
  environment: ['VOYAGE_API_KEY'],
  baseUrlEnvironment: 'VOYAGE_BASE_URL',
};
