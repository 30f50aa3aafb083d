import type { ParameterRule } from '../../../core/provider.js';
import { objectOf } from '../json.js';
import type { ChatProtocol } from '../protocol.js';
import { fromUpstreamError } from './errors.js';
import { toUpstreamRequest } from './request.js';
import { fromUpstreamResponse } from './response.js';
import { stream, type StreamState } from './stream.js';
import { unsupportedValues } from './unsupported.js';
import { readUsage } from './usage.js';

const TRANSLATE: ParameterRule = { rule: 'translate' };
const REFUSE: ParameterRule = { rule: 'refuse' };
const DROP: ParameterRule = { rule: 'drop' };

/** Google's generateContent, as AI Studio speaks it. Other fields of OpenAI's request mean nothing to it. */
export const gemini: ChatProtocol<StreamState> = {
  id: 'gemini',
  parameters: {
    temperature: TRANSLATE,
    top_p: TRANSLATE,
    top_k: TRANSLATE,
    max_tokens: TRANSLATE,
    max_completion_tokens: TRANSLATE,
    stop: TRANSLATE,
    n: TRANSLATE,
    seed: TRANSLATE,
    frequency_penalty: TRANSLATE,
    presence_penalty: TRANSLATE,
    logprobs: TRANSLATE,
    top_logprobs: TRANSLATE,
    tools: TRANSLATE,
    tool_choice: TRANSLATE,
    parallel_tool_calls: TRANSLATE,
    response_format: TRANSLATE,
    reasoning_effort: TRANSLATE,
    reasoning: TRANSLATE,
    modalities: TRANSLATE,
    audio: TRANSLATE,
    web_search_options: TRANSLATE,
    web_search: TRANSLATE,
    service_tier: TRANSLATE,
    verbosity: TRANSLATE,
    safetySettings: TRANSLATE,
    safety_settings: TRANSLATE,
    cachedContent: TRANSLATE,
    cached_content: TRANSLATE,
    generationConfig: TRANSLATE,
    generation_config: TRANSLATE,
    toolConfig: TRANSLATE,
    tool_config: TRANSLATE,
    labels: TRANSLATE,
    logit_bias: REFUSE,
    prediction: REFUSE,
    functions: REFUSE,
    function_call: REFUSE,
    user: DROP,
    store: DROP,
    metadata: DROP,
    prompt_cache_key: DROP,
    prompt_cache_retention: DROP,
    safety_identifier: DROP,
  },
  otherParameters: DROP,
  unsupportedValues,
  toUpstreamRequest,
  fromUpstreamResponse,
  usageOf: (body) => readUsage(objectOf(Array.isArray(body) ? body[0] : body), 0),
  fromUpstreamError,
  webSearch: () => 'tool',
  stream,
};
