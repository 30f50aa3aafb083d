import type { ProviderDefinition } from '../../core/provider.js';

/** Source: ai.google.dev/api/generate-content. */
export const googleAiStudio: ProviderDefinition = {
  id: 'google-ai-studio',
  name: 'Google AI Studio',
  aliases: ['google'],
  protocol: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  auth: { kind: 'header', name: 'x-goog-api-key' },
  environment: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  baseUrlEnvironment: 'GOOGLE_AI_STUDIO_BASE_URL',
  onClientGone: 'drain',
};
