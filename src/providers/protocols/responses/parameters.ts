import type { ParameterRule } from '../../../core/provider.js';

const pass: ParameterRule = { rule: 'pass' };
const translate: ParameterRule = { rule: 'translate' };
const refuse: ParameterRule = { rule: 'refuse' };
const drop: ParameterRule = { rule: 'drop' };

/**
 * What becomes of each parameter at the Responses API. What keeps something there between calls is dropped. The last
 * group is that API's own and goes there as it is.
 * Source: OpenAI OpenAPI 2.3.0, schema CreateResponse.
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
  tools: translate,
  tool_choice: translate,
  parallel_tool_calls: pass,
  web_search: translate,
  web_search_options: translate,
  response_format: translate,
  verbosity: translate,
  reasoning_effort: translate,
  reasoning: translate,
  logprobs: translate,
  top_logprobs: translate,
  modalities: translate,
  service_tier: pass,
  user: pass,
  metadata: pass,
  prompt_cache_key: pass,
  prompt_cache_retention: pass,
  safety_identifier: pass,
  stop: refuse,
  n: refuse,
  frequency_penalty: refuse,
  presence_penalty: refuse,
  logit_bias: refuse,
  audio: refuse,
  prediction: refuse,
  functions: refuse,
  function_call: refuse,
  seed: drop,
  store: drop,
  max_tool_calls: pass,
  prompt_cache_options: pass,
  truncation: pass,
};

/** The parameters that this protocol writes itself, under whatever name. */
export const TRANSLATED: ReadonlySet<string> = new Set(
  Object.keys(parameters).filter((name) => parameters[name]?.rule === 'translate'),
);
