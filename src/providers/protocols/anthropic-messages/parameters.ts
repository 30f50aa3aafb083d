import type { ParameterRule } from '../../../core/provider.js';

const pass: ParameterRule = { rule: 'pass' };
const translate: ParameterRule = { rule: 'translate' };
const refuse: ParameterRule = { rule: 'refuse' };
const drop: ParameterRule = { rule: 'drop' };

/**
 * What becomes of each parameter at the Messages API. The last group is that API's own and goes there as it is.
 * Source: docs.anthropic.com/en/api/messages.
 */
export const parameters: Readonly<Record<string, ParameterRule>> = {
  model: translate,
  messages: translate,
  stream: pass,
  stream_options: translate,
  temperature: pass,
  top_p: pass,
  max_tokens: translate,
  max_completion_tokens: translate,
  stop: translate,
  user: translate,
  tools: translate,
  tool_choice: translate,
  parallel_tool_calls: translate,
  web_search: translate,
  web_search_options: translate,
  response_format: translate,
  reasoning_effort: translate,
  reasoning: translate,
  service_tier: translate,
  modalities: translate,
  n: refuse,
  frequency_penalty: refuse,
  presence_penalty: refuse,
  logprobs: refuse,
  top_logprobs: refuse,
  logit_bias: refuse,
  audio: refuse,
  prediction: refuse,
  functions: refuse,
  function_call: refuse,
  seed: drop,
  store: drop,
  metadata: drop,
  prompt_cache_key: drop,
  prompt_cache_retention: drop,
  safety_identifier: drop,
  verbosity: drop,
  betas: translate,
  output_config: translate,
  inference_geo: translate,
  thinking: pass,
  top_k: pass,
  cache_control: pass,
  container: pass,
  context_management: pass,
  mcp_servers: pass,
};

/** The parameters that this protocol writes itself, under whatever name. */
export const TRANSLATED: ReadonlySet<string> = new Set(
  Object.keys(parameters).filter((name) => parameters[name]?.rule === 'translate'),
);
