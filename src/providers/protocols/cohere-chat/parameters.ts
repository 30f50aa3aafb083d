import type { ParameterRule } from '../../../core/provider.js';

const pass: ParameterRule = { rule: 'pass' };
const translate: ParameterRule = { rule: 'translate' };
const refuse: ParameterRule = { rule: 'refuse' };
const drop: ParameterRule = { rule: 'drop' };

/**
 * What becomes of each parameter at Cohere's Chat API. The last group is that API's own and goes there as it is.
 * Source: docs.cohere.com/reference/chat.
 */
export const parameters: Readonly<Record<string, ParameterRule>> = {
  model: translate,
  messages: translate,
  stream: pass,
  stream_options: translate,
  temperature: pass,
  top_p: translate,
  max_tokens: translate,
  max_completion_tokens: translate,
  frequency_penalty: pass,
  presence_penalty: pass,
  seed: pass,
  stop: translate,
  tools: translate,
  tool_choice: translate,
  response_format: translate,
  reasoning_effort: translate,
  reasoning: translate,
  modalities: translate,
  n: refuse,
  logprobs: refuse,
  top_logprobs: refuse,
  logit_bias: refuse,
  parallel_tool_calls: refuse,
  service_tier: refuse,
  audio: refuse,
  prediction: refuse,
  functions: refuse,
  function_call: refuse,
  web_search: refuse,
  web_search_options: refuse,
  user: drop,
  store: drop,
  metadata: drop,
  prompt_cache_key: drop,
  prompt_cache_retention: drop,
  safety_identifier: drop,
  verbosity: drop,
  top_k: { rule: 'rename', to: 'k' },
  k: pass,
  documents: pass,
  citation_options: pass,
  safety_mode: pass,
  strict_tools: pass,
  thinking: pass,
  priority: pass,
  raw_prompting: pass,
};

/** The parameters that this protocol writes itself, under whatever name. */
export const TRANSLATED: ReadonlySet<string> = new Set(
  Object.keys(parameters).filter((name) => parameters[name]?.rule === 'translate'),
);
