import type { ProviderDefinition, SettingRule } from '../../core/provider.js';

/** The name of a deployment for each model that is not deployed under its own. */
export const AZURE_DEPLOYMENTS: SettingRule = {
  kind: 'map',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
};

/** An application of Entra ID, in place of a resource's key. */
export const ENTRA_APPLICATION = {
  needed: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
  optional: [],
} as const;

/** Of resources of Azure OpenAI and Foundry, in the public cloud and in those of the US government and China. */
const RESOURCE_HOST =
  /^(?:https:\/\/)?[a-z0-9-]{2,64}\.(?:(?:openai|services\.ai|cognitiveservices)\.azure\.(?:com|us|cn)|api\.cognitive\.microsoft\.com)\/?$/;

/**
 * By the v1 API, or with `api_version` by that of dated versions, where the path names the deployment.
 * Source: learn.microsoft.com/azure/foundry/openai/api-version-lifecycle, /latest and /reference.
 */
export const azure: ProviderDefinition = {
  id: 'azure',
  name: 'Azure OpenAI',
  aliases: ['azure-openai'],
  protocol: 'chat-completions',
  baseUrl: 'https://{host}/openai/v1',
  auth: { kind: 'entra', name: 'api-key' },
  environment: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
  environmentParts: ENTRA_APPLICATION,
  baseUrlEnvironment: 'AZURE_OPENAI_BASE_URL',
  settings: {
    host: { kind: 'text', pattern: RESOURCE_HOST, environment: 'AZURE_OPENAI_ENDPOINT' },
    api_version: {
      kind: 'text',
      pattern: /^20\d\d-\d\d-\d\d(?:-preview)?$/,
      environment: 'AZURE_OPENAI_API_VERSION',
    },
    deployments: AZURE_DEPLOYMENTS,
  },
  // Beside v1, not below it.
  callPaths: [{ path: '/../deployments/{model}/chat/completions?api-version={api_version}' }],
  quirks: {
    parameters: {
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      web_search_options: { rule: 'refuse' },
    },
  },
};
