import type { Quirks } from '../../core/provider.js';

/**
 * What a compatible provider does with OpenAI's own parameters, unless its documentation says otherwise: the older name
 * of the token limit is the one that all of them know; what only OpenAI's platform can do is refused, and what is only
 * kept there is dropped.
 */
export const COMPATIBLE = {
  parameters: {
    max_completion_tokens: { rule: 'rename', to: 'max_tokens' },
    modalities: { rule: 'refuse' },
    audio: { rule: 'refuse' },
    prediction: { rule: 'refuse' },
    service_tier: { rule: 'refuse' },
    verbosity: { rule: 'refuse' },
    web_search_options: { rule: 'refuse' },
    store: { rule: 'drop' },
    metadata: { rule: 'drop' },
    prompt_cache_key: { rule: 'drop' },
    safety_identifier: { rule: 'drop' },
  },
  roles: { developer: 'system' },
} as const satisfies Quirks;
