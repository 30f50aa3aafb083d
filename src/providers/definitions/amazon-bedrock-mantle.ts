import type { ProviderDefinition } from '../../core/provider.js';
import { AWS_REGION } from './amazon-bedrock.js';
import { COMPATIBLE } from './compatible.js';

/** Bedrock's models in OpenAI's shape. Source: docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html. */
export const amazonBedrockMantle: ProviderDefinition = {
  id: 'amazon-bedrock-mantle',
  name: 'Amazon Bedrock, OpenAI-compatible',
  aliases: ['bedrock-mantle'],
  protocol: 'chat-completions',
  baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1',
  auth: { kind: 'bearer' },
  environment: ['AWS_BEARER_TOKEN_BEDROCK'],
  baseUrlEnvironment: 'AMAZON_BEDROCK_MANTLE_BASE_URL',
  settings: {
    region: { kind: 'text', pattern: AWS_REGION, required: true, environment: 'AWS_REGION' },
  },
  quirks: COMPATIBLE,
  onClientGone: 'drain',
};
