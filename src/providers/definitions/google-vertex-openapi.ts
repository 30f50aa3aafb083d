import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';
import { VERTEX } from './google-vertex.js';

/** Models of other makers by Google Cloud. Source: docs.cloud.google.com/vertex-ai, MaaS, open model APIs. */
export const googleVertexOpenapi: ProviderDefinition = {
  ...VERTEX,
  id: 'google-vertex-openapi',
  name: 'Google Vertex AI, OpenAI-compatible',
  aliases: ['vertex-openapi'],
  protocol: 'chat-completions',
  baseUrl:
    'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/endpoints/openapi',
  baseUrlEnvironment: 'GOOGLE_VERTEX_OPENAPI_BASE_URL',
  probeCall: { path: '/chat/completions', body: { model: '', messages: [], max_tokens: 1 } },
  quirks: COMPATIBLE,
  onClientGone: 'drain',
};
