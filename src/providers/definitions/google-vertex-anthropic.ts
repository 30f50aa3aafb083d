import type { ProviderDefinition } from '../../core/provider.js';
import { VERTEX } from './google-vertex.js';

/** Claude by Google Cloud. Source: docs.cloud.google.com/vertex-ai, partner models, Claude, and platform.claude.com. */
export const googleVertexAnthropic: ProviderDefinition = {
  ...VERTEX,
  id: 'google-vertex-anthropic',
  name: 'Google Vertex AI, Anthropic',
  aliases: ['vertex-anthropic'],
  protocol: 'anthropic-messages',
  baseUrl:
    'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/anthropic',
  baseUrlEnvironment: 'GOOGLE_VERTEX_ANTHROPIC_BASE_URL',
  callPaths: [{ path: '/models/{model}:rawPredict', stream: '/models/{model}:streamRawPredict' }],
  probeCall: {
    path: '/models/count-tokens:rawPredict',
    body: {
      anthropic_version: 'vertex-2023-10-16',
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user', content: 'a' }],
    },
  },
  quirks: {
    anthropicVersion: 'vertex-2023-10-16',
    parameters: { service_tier: { rule: 'refuse' } },
  },
  onClientGone: 'drain',
};
