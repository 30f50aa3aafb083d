import type { ProviderDefinition, SettingRule } from '../../core/provider.js';

const LOCATION_RULE: SettingRule = {
  kind: 'text',
  pattern: /^(?:global|us|eu|[a-z]+-[a-z]+\d{1,2})$/,
  default: 'global',
  environment: 'GOOGLE_VERTEX_LOCATION',
};

/** What all three ways to the models of Vertex AI share. */
export const VERTEX = {
  auth: { kind: 'google' },
  environment: ['GOOGLE_VERTEX_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS_JSON'],
  // Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations.
  hosts: {
    'global-aiplatform.googleapis.com': 'aiplatform.googleapis.com',
    'us-aiplatform.googleapis.com': 'aiplatform.us.rep.googleapis.com',
    'eu-aiplatform.googleapis.com': 'aiplatform.eu.rep.googleapis.com',
  },
  settings: {
    project: {
      kind: 'text',
      pattern: /^[a-z0-9][a-z0-9-]{3,61}[a-z0-9]$/,
      environment: 'GOOGLE_VERTEX_PROJECT',
    },
    location: LOCATION_RULE,
  },
} as const satisfies Partial<ProviderDefinition>;

/** Gemini by Google Cloud. Source: docs.cloud.google.com/vertex-ai, reference of generateContent, v1. */
export const googleVertex: ProviderDefinition = {
  ...VERTEX,
  id: 'google-vertex',
  name: 'Google Vertex AI',
  aliases: ['vertex', 'vertex-ai'],
  protocol: 'gemini',
  baseUrl:
    'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/google',
  baseUrlEnvironment: 'GOOGLE_VERTEX_BASE_URL',
  // Counting tokens costs nothing.
  probeCall: {
    path: '/models/gemini-2.5-flash:countTokens',
    body: { contents: [{ role: 'user', parts: [{ text: 'a' }] }] },
  },
  quirks: {
    // A header asks for tiers there, which is not sent.
    parameters: { service_tier: { rule: 'refuse' } },
    toolCombinationFlag: false,
  },
  onClientGone: 'drain',
};
