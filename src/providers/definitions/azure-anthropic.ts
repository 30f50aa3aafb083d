import type { ProviderDefinition } from '../../core/provider.js';
import { AZURE_DEPLOYMENTS, ENTRA_APPLICATION } from './azure.js';

/** Source: platform.claude.com/docs, Claude in Microsoft Foundry. It has no list of models. */
export const azureAnthropic: ProviderDefinition = {
  id: 'azure-anthropic',
  name: 'Microsoft Foundry, Anthropic',
  aliases: ['foundry-anthropic'],
  protocol: 'anthropic-messages',
  baseUrl: 'https://{host}/anthropic/v1',
  auth: { kind: 'entra', name: 'x-api-key' },
  environment: ['ANTHROPIC_FOUNDRY_API_KEY', 'AZURE_ANTHROPIC_API_KEY'],
  environmentParts: ENTRA_APPLICATION,
  baseUrlEnvironment: 'AZURE_ANTHROPIC_BASE_URL',
  headers: { 'anthropic-version': '2023-06-01' },
  settings: {
    host: {
      kind: 'text',
      pattern: /^(?:https:\/\/)?[a-z0-9-]{2,64}\.services\.ai\.azure\.(?:com|us|cn)\/?$/,
      environment: 'AZURE_ANTHROPIC_ENDPOINT',
    },
    deployments: AZURE_DEPLOYMENTS,
  },
  probeCall: { path: '/messages', body: { model: '', messages: [], max_tokens: 1 } },
  quirks: { parameters: { service_tier: { rule: 'refuse' } } },
};
