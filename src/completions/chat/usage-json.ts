import type { AnswerFacts } from '../../calls/index.js';
import { bytesOf, type JsonBytes } from '../../core/json-bytes.js';
import type { Usage } from '../../core/usage.js';

const CLOSE_BRACE = 125;

const PROMPT = bytesOf('{"prompt_tokens":');
const COMPLETION = bytesOf(',"completion_tokens":');
const TOTAL = bytesOf(',"total_tokens":');
const REASONING = bytesOf(',"reasoning_tokens":');
const PROMPT_DETAILS = bytesOf(',"prompt_tokens_details":{"cached_tokens":');
const AUDIO = bytesOf(',"audio_tokens":');
const CACHE_WRITES = bytesOf(',"cache_write_tokens":');
const COMPLETION_DETAILS = bytesOf('},"completion_tokens_details":{"reasoning_tokens":');
const ACCEPTED = bytesOf(',"accepted_prediction_tokens":');
const REJECTED = bytesOf(',"rejected_prediction_tokens":');

/** Fields that tell costs are a closed list. */
const COST_NAMES = new Map<string, Uint8Array>();

/**
 * Writes the `usage` object of an answer. Costs are plain decimals, digit for digit: a JavaScript number could not hold
 * them.
 */
export function writeUsage(
  to: JsonBytes,
  { usage, costs }: Pick<AnswerFacts, 'usage' | 'costs'>,
): void {
  const { promptTokens, completionTokens, reasoningTokens = 0 } = usage;
  to.known(PROMPT);
  to.number(promptTokens);
  to.known(COMPLETION);
  to.number(completionTokens);
  to.known(TOTAL);
  to.number(promptTokens + completionTokens);
  to.known(REASONING);
  to.number(reasoningTokens);
  writePromptDetails(to, usage);
  writeCompletionDetails(to, usage);
  for (const [field, amount] of costs) {
    to.known(costName(field));
    to.plain(amount);
  }
  to.byte(CLOSE_BRACE);
}

function costName(field: string): Uint8Array {
  const known = COST_NAMES.get(field);
  if (known) return known;
  const name = bytesOf(`,"${field}":`);
  COST_NAMES.set(field, name);
  return name;
}

function writePromptDetails(to: JsonBytes, usage: Usage): void {
  const { cachedTokens = 0, promptAudioTokens = 0 } = usage;
  to.known(PROMPT_DETAILS);
  to.number(cachedTokens);
  to.known(AUDIO);
  to.number(promptAudioTokens);
  to.known(CACHE_WRITES);
  to.number(cacheWrites(usage));
}

function writeCompletionDetails(to: JsonBytes, usage: Usage): void {
  const {
    reasoningTokens = 0,
    completionAudioTokens = 0,
    acceptedPredictionTokens = 0,
    rejectedPredictionTokens = 0,
  } = usage;
  to.known(COMPLETION_DETAILS);
  to.number(reasoningTokens);
  to.known(AUDIO);
  to.number(completionAudioTokens);
  to.known(ACCEPTED);
  to.number(acceptedPredictionTokens);
  to.known(REJECTED);
  to.number(rejectedPredictionTokens);
  to.byte(CLOSE_BRACE);
}

function cacheWrites(usage: Usage): number {
  return (
    (usage.cacheWriteTokens ?? 0) +
    (usage.cacheWrite5mTokens ?? 0) +
    (usage.cacheWrite1hTokens ?? 0)
  );
}
