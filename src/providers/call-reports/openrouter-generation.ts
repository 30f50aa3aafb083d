import { reportedAmount } from '../../core/reported-amount.js';
import type { Usage } from '../../core/usage.js';
import { countOf, objectOf, type JsonObject } from '../protocols/json.js';
import type { CallReport } from './call-report.js';

/**
 * OpenRouter's GET /generation?id=…: 404 until the generation is accounted for, some seconds after its end. `total_cost`
 * is what it takes of the account, also of a generation that was cancelled; `native_tokens_*` are the counts of the
 * model's own tokenizer, as an answer's `usage` has them, reasoning included.
 * Source: openrouter.ai/docs/api-reference/get-a-generation.
 */
export const openrouterGeneration: CallReport = {
  pathOf: (upstreamId) => `/generation?id=${encodeURIComponent(upstreamId)}`,
  read: (body) => {
    const data = objectOf(objectOf(body)['data']);
    const cost = reportedAmount(data['total_cost']);
    if (cost === undefined) return undefined;
    const usage = usageOf(data);
    return usage ? { usage, cost } : { cost };
  },
};

function usageOf(data: JsonObject): Usage | undefined {
  const promptTokens = countOf(data['native_tokens_prompt']);
  const completionTokens = countOf(data['native_tokens_completion']);
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  const cached = countOf(data['native_tokens_cached']);
  const reasoning = countOf(data['native_tokens_reasoning']);
  return {
    promptTokens,
    completionTokens,
    ...(cached === undefined ? {} : { cachedTokens: Math.min(cached, promptTokens) }),
    ...(reasoning === undefined ? {} : { reasoningTokens: Math.min(reasoning, completionTokens) }),
  };
}
