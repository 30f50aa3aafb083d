import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { textTokensHigh } from '../../src/calls/text-tokens.js';
import { FILES, GERMAN, NATURAL, ODD, WORDS } from '../support/generated-texts.js';

/** Files long enough to be judged. */
const LENGTH = 1_500;
/** LAW_RUNS=2000 for the long form; the tokenizers are slow. */
const SAMPLES = Number(process.env['LAW_RUNS'] ?? 200);

let tokenizers: readonly Tiktoken[];
beforeAll(() => {
  tokenizers = [new Tiktoken(cl100k), new Tiktoken(o200k)];
});

/** The most that any of the tokenizers makes of it. */
const tokensOf = (text: string): number =>
  Math.max(...tokenizers.map((tokenizer) => tokenizer.encode(text, [], []).length));
const estimateOf = (text: string): number => textTokensHigh([text], Buffer.byteLength(text));

/** Estimate over truth of generated texts, the lowest first. */
function ratiosOf(kinds: Record<string, fc.Arbitrary<string>>): number[] {
  const all = fc.oneof(...Object.values(kinds));
  return fc
    .sample(all, { numRuns: SAMPLES / 2, seed: 7 })
    .map((text) => estimateOf(text) / tokensOf(text))
    .sort((one, other) => one - other);
}

describe('the estimate of tokens', () => {
  it('covers 99.9 % of all generated texts, and ordinary ones with room for other tokenizers', () => {
    const natural = ratiosOf(NATURAL);
    const odd = ratiosOf(ODD);
    const short = [...natural, ...odd].filter((ratio) => ratio < 1);
    expect(short.length).toBeLessThanOrEqual(SAMPLES / 1_000);
    // Anthropic's newer tokenizers make up to 1.35 times as many of the same text.
    expect(natural[0]).toBeGreaterThan(1.2);
  }, 900_000);

  it('is at most about half of a token a byte for prose and code', () => {
    for (const text of [WORDS.join(' ').repeat(20), GERMAN.repeat(40), ...FILES]) {
      if (text.length < LENGTH * 2) continue;
      expect(estimateOf(text) / Buffer.byteLength(text)).toBeLessThan(0.75);
      expect(estimateOf(text) / tokensOf(text)).toBeLessThan(3);
    }
  }, 60_000);
});
