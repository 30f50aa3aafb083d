import type { ParameterRule } from '../../../core/provider.js';

const pass: ParameterRule = { rule: 'pass' };
const translate: ParameterRule = { rule: 'translate' };
const refuse: ParameterRule = { rule: 'refuse' };
const drop: ParameterRule = { rule: 'drop' };

/**
 * What becomes of each parameter at Converse. The last group is that API's own and goes there as it is, or to the
 * model itself.
 * Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
 */
export const parameters: Readonly<Record<string, ParameterRule>> = {
  model: translate,
  messages: translate,
  stream: translate,
  stream_options: translate,
  temperature: translate,
  top_p: translate,
  max_tokens: translate,
  max_completion_tokens: translate,
  stop: translate,
  tools: translate,
  tool_choice: translate,
  response_format: translate,
  reasoning_effort: translate,
  reasoning: translate,
  modalities: translate,
  service_tier: refuse,
  parallel_tool_calls: refuse,
  web_search: refuse,
  web_search_options: refuse,
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
  user: drop,
  seed: drop,
  store: drop,
  metadata: drop,
  prompt_cache_key: drop,
  prompt_cache_retention: drop,
  safety_identifier: drop,
  verbosity: drop,
  thinking: translate,
  top_k: translate,
  additionalModelRequestFields: translate,
  guardrailConfig: pass,
};
