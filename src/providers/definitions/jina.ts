import type { ProviderDefinition } from '../../core/provider.js';

/** Source: api.jina.ai/docs, embeddings and rerankers; it has no chat. */
export const jina: ProviderDefinition = {
  id: 'jina',
  name: 'Jina AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.jina.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['JINA_API_KEY'],
  baseUrlEnvironment: 'JINA_BASE_URL',
};
