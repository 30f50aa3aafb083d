import { describe, expect, it } from '@jest/globals';
import type { ChatRequest } from '../../../core/chat.js';
import { isThirdGeneration } from './model-family.js';
import { thinkingConfig, unsupportedReasoning } from './thinking.js';

const asking = (fields: Partial<ChatRequest>): ChatRequest => ({
  model: 'm',
  messages: [],
  ...fields,
});
const budget = (thinkingBudget: number) => ({ includeThoughts: true, thinkingBudget });
const level = (thinkingLevel: string) => ({ includeThoughts: true, thinkingLevel });

describe('thinkingConfig', () => {
  it.each([
    ['gemini-2.5-flash', 'minimal', budget(512)],
    ['gemini-2.5-flash', 'low', budget(1_024)],
    ['gemini-2.5-flash', 'medium', budget(8_192)],
    ['gemini-2.5-flash', 'high', budget(24_576)],
    ['gemini-2.5-flash', 'xhigh', budget(24_576)],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'xhigh', budget(32_768)],
    ['gemini-3-flash-preview', 'minimal', level('minimal')],
    ['gemini-3-pro-preview', 'medium', level('high')],
    ['gemini-3.1-pro-preview', 'minimal', level('low')],
    ['gemini-3.1-pro-preview', 'medium', level('medium')],
    ['gemini-4-argon', 'xhigh', level('high')],
    ['gemini-flash-latest', 'low', level('low')],
    ['gemini-2.0-flash', 'low', undefined],
  ] as const)('%s, effort %s', (model, effort, expected) => {
    expect(thinkingConfig(asking({ reasoning_effort: effort }), model)).toEqual(expected);
    expect(thinkingConfig(asking({ reasoning: { effort } }), model)).toEqual(expected);
  });

  it.each([
    ['a budget within the bounds', 'gemini-2.5-flash-lite', { max_tokens: 1_000 }, budget(1_000)],
    ['a budget below them', 'gemini-2.5-flash-lite', { max_tokens: 3 }, budget(512)],
    ['a budget above them', 'gemini-2.5-flash', { max_tokens: 99_999 }, budget(24_576)],
    ['a budget of a newer model', 'gemini-3-flash-preview', { max_tokens: 99_999 }, budget(99_999)],
    [
      'nothing but that it is wanted',
      'gemini-2.5-flash',
      { enabled: true },
      { includeThoughts: true },
    ],
    [
      'thoughts left out',
      'gemini-3-flash-preview',
      { effort: 'low', exclude: true },
      { includeThoughts: false, thinkingLevel: 'low' },
    ],
    ['no thought', 'gemini-2.5-flash', { enabled: false }, { thinkingBudget: 0 }],
  ] as const)('reasoning with %s', (_what, model, reasoning, expected) => {
    expect(thinkingConfig(asking({ reasoning }), model)).toEqual(expected);
  });

  it('is absent when nothing is said of reasoning', () => {
    expect(thinkingConfig(asking({}), 'gemini-2.5-flash')).toBeUndefined();
  });
});

describe('unsupportedReasoning', () => {
  it.each([
    ['gemini-2.5-pro', { reasoning_effort: 'none' }, 'reasoning_effort'],
    ['gemini-3-flash-preview', { reasoning: { effort: 'none' } }, 'reasoning'],
    ['gemini-2.0-flash', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['gemini-2.0-flash', { reasoning_effort: 'none' }, undefined],
    ['gemini-2.5-flash', { reasoning_effort: 'none' }, undefined],
    ['gemini-2.0-flash', {}, undefined],
  ] as const)('%s %j', (model, fields, expected) => {
    expect(unsupportedReasoning(asking(fields), model)).toBe(expected);
  });
});

it.each([
  ['gemini-2.5-flash', false],
  ['gemini-2-0-flash', false],
  ['gemini-1.5-pro', false],
  ['gemini-3.1-flash-lite', true],
  ['gemini-pro-latest', true],
  ['gemma-3-27b', false],
])('%s is of the third generation: %s', (model, expected) => {
  expect(isThirdGeneration(model)).toBe(expected);
});
