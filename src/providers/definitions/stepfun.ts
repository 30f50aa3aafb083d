import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: platform.stepfun.ai/docs, chat completion. */
export const stepfun: ProviderDefinition = {
  id: 'stepfun',
  name: 'StepFun',
  protocol: 'chat-completions',
  baseUrl: 'https://api.stepfun.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['STEPFUN_API_KEY'],
  baseUrlEnvironment: 'STEPFUN_BASE_URL',
  quirks: COMPATIBLE,
};
