import type { ProviderDefinition } from '../../core/provider.js';
import { COMPATIBLE } from './compatible.js';

/** Source: developers.cloudflare.com/workers-ai, OpenAI compatible API endpoints. */
export const cloudflareWorkersAi: ProviderDefinition = {
  id: 'cloudflare-workers-ai',
  name: 'Cloudflare Workers AI',
  aliases: ['cloudflare', 'workers-ai'],
  protocol: 'chat-completions',
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1',
  auth: { kind: 'bearer' },
  environment: ['CLOUDFLARE_API_KEY', 'CLOUDFLARE_API_TOKEN'],
  baseUrlEnvironment: 'CLOUDFLARE_WORKERS_AI_BASE_URL',
  settings: {
    account_id: {
      kind: 'text',
      pattern: /^[0-9a-f]{32}$/,
      required: true,
      environment: 'CLOUDFLARE_ACCOUNT_ID',
    },
  },
  quirks: COMPATIBLE,
};
