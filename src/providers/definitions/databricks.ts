import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.databricks.com, foundation model REST API and reasoning models. */
export const databricks: ProviderDefinition = {
  id: 'databricks',
  name: 'Databricks',
  protocol: 'chat-completions',
  baseUrl: 'https://{host}/serving-endpoints',
  auth: { kind: 'bearer' },
  environment: ['DATABRICKS_TOKEN'],
  baseUrlEnvironment: 'DATABRICKS_BASE_URL',
  settings: {
    host: {
      kind: 'text',
      pattern: /^(?:https:\/\/)?[a-z0-9.-]+\.(?:databricks\.com|azuredatabricks\.net)\/?$/,
      required: true,
      environment: 'DATABRICKS_HOST',
    },
  },
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      service_tier: { rule: 'pass' },
    },
    // Recorded: in every chunk, unasked; cached tokens beside the others.
    streamUsage: 'always',
    cachedTokensField: 'cache_read_input_tokens',
  },
};
