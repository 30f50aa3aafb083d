import type { ProviderDefinition } from '../../core/provider.js';

/** Regions of all partitions: us-east-1, us-gov-west-1. */
export const AWS_REGION = /^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/;

/**
 * By a bearer key, or signed with an access key.
 * Source: docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html and /latest/APIReference.
 */
export const amazonBedrock: ProviderDefinition = {
  id: 'amazon-bedrock',
  name: 'Amazon Bedrock',
  aliases: ['bedrock'],
  protocol: 'bedrock-converse',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  auth: { kind: 'aws', service: 'bedrock' },
  environment: ['AWS_BEARER_TOKEN_BEDROCK'],
  environmentParts: {
    needed: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    optional: ['AWS_SESSION_TOKEN'],
  },
  baseUrlEnvironment: 'AMAZON_BEDROCK_BASE_URL',
  settings: {
    region: { kind: 'text', pattern: AWS_REGION, required: true, environment: 'AWS_REGION' },
  },
  // The only list that this host has: of batches, as a rule empty.
  probePath: '/async-invoke?maxResults=1',
  onClientGone: 'drain',
};
