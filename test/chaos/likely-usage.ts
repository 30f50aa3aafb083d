import { CHARACTERS_PER_TOKEN } from '../../src/calls/delivered.js';
import { REASONING_OFFSET } from '../../src/sandbox/reply.js';
import { wordTokens } from '../../src/sandbox/tokens.js';
import { messageOf, type CallPlan } from './call-plan.js';

/**
 * What the first tokens of an answer are estimated to be: one for each, or a quarter of their characters where that is
 * more, and never more than was asked for. The words of the sandbox are longer than four characters on average, so this
 * is more than it sent: all that an estimate may exceed its tally by.
 */
export function likelyOutput({ reasoning, tokens, maxTokens }: CallPlan, sent: number): number {
  const words = [...wordTokens(reasoning, REASONING_OFFSET), ...wordTokens(tokens)].slice(0, sent);
  const likely = Math.round(words.join('').length / CHARACTERS_PER_TOKEN);
  return Math.min(Math.max(words.length, likely), maxTokens);
}

/** What the input is estimated to be, by the same measure; the sandbox counts its input so too. */
export function likelyInput(plan: CallPlan): number {
  return Math.ceil(messageOf(plan).length / CHARACTERS_PER_TOKEN);
}
