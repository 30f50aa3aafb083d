import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: docs.wandb.ai/inference, API reference: the project stands for team/project. */
export const wandb: ProviderDefinition = {
  id: 'wandb',
  name: 'W&B Inference',
  protocol: 'chat-completions',
  baseUrl: 'https://api.inference.wandb.ai/v1',
  auth: { kind: 'bearer' },
  environment: ['WANDB_API_KEY'],
  baseUrlEnvironment: 'WANDB_BASE_URL',
  settings: {
    project: {
      kind: 'text',
      pattern: /^[\w.-]{1,128}\/[\w.-]{1,128}$/,
      header: 'openai-project',
      environment: 'WANDB_INFERENCE_PROJECT',
    },
  },
  quirks: COMPATIBLE,
};
