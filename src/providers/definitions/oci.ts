import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.oracle.com/iaas/generative-ai, OpenAI-compatible endpoints and API keys. */
export const oci: ProviderDefinition = {
  id: 'oci',
  name: 'Oracle OCI Generative AI',
  protocol: 'chat-completions',
  baseUrl: 'https://inference.generativeai.{region}.oci.oraclecloud.com/openai/v1',
  auth: { kind: 'bearer' },
  environment: ['OCI_GENAI_API_KEY'],
  baseUrlEnvironment: 'OCI_GENAI_BASE_URL',
  settings: {
    region: {
      kind: 'text',
      pattern: /^[a-z]{2,12}-[a-z]{2,16}-\d$/,
      required: true,
      environment: 'OCI_REGION',
    },
  },
  quirks: COMPATIBLE,
};
