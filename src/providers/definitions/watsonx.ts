import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** The day whose API is spoken. */
const VERSION = 'version=2025-10-01';

/** Of projects and deployment spaces. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Source: cloud.ibm.com/apidocs/watsonx-ai, text chat and text tokenization; IBM's SDKs for Node.js and Java, where they
 * show what streams and errors are like.
 */
export const watsonx: ProviderDefinition = {
  id: 'watsonx',
  name: 'IBM watsonx.ai',
  aliases: ['watsonx-ai', 'ibm-watsonx'],
  protocol: 'chat-completions',
  baseUrl: 'https://{region}.ml.cloud.ibm.com/ml/v1',
  auth: { kind: 'ibm' },
  environment: ['WATSONX_AI_APIKEY', 'WATSONX_API_KEY'],
  baseUrlEnvironment: 'WATSONX_AI_BASE_URL',
  settings: {
    region: {
      kind: 'text',
      pattern: /^[a-z]{2}-[a-z]{2,8}$/,
      default: 'us-south',
      environment: 'WATSONX_AI_REGION',
    },
    project_id: {
      kind: 'text',
      pattern: ID,
      field: 'project_id',
      environment: 'WATSONX_AI_PROJECT_ID',
    },
    space_id: {
      kind: 'text',
      pattern: ID,
      field: 'space_id',
      environment: 'WATSONX_AI_SPACE_ID',
    },
  },
  eitherSetting: ['project_id', 'space_id'],
  callPaths: [{ path: `/text/chat?${VERSION}`, stream: `/text/chat_stream?${VERSION}` }],
  // Counting tokens costs nothing, and wants the project too.
  probeCall: {
    path: `/text/tokenization?${VERSION}`,
    body: { model_id: 'ibm/granite-4-h-small', input: 'a' },
  },
  quirks: {
    ...COMPATIBLE,
    parameters: {
      ...COMPATIBLE.parameters,
      max_completion_tokens: { rule: 'pass' },
      max_tokens: { rule: 'rename', to: 'max_completion_tokens' },
      parallel_tool_calls: { rule: 'refuse' },
      user: { rule: 'drop' },
      // Whose project pays is for the credential to say.
      project_id: { rule: 'drop' },
      space_id: { rule: 'drop' },
      model_id: { rule: 'drop' },
    },
    modelField: 'model_id',
    // As many as the model can write; without it answers end after 1024.
    presets: { max_completion_tokens: 0 },
    toolChoiceField: 'tool_choice_option',
    streamBy: 'path',
    streamUsage: 'always',
    // Calls that were required end without a reason, and there is no [DONE].
    streamEnd: 'usage',
    errorStatuses: { token_quota_reached: 429, model_not_supported: 404 },
  },
};
