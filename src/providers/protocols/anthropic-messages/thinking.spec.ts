import { describe, expect, it } from '@jest/globals';
import type { ChatMessage, ChatRequest } from '../../../core/chat.js';
import { makeTarget } from '../../../../test/support/target.js';
import { outputRoom, planThinking } from './thinking.js';

const OLD = makeTarget({ upstreamModel: 'claude-haiku-4-5', maxOutputTokens: 64_000 });
const NEW = makeTarget({ upstreamModel: 'claude-sonnet-4-6', maxOutputTokens: 128_000 });

const ask = (fields: Partial<ChatRequest>): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  ...fields,
});

describe('planThinking on models that think by budget', () => {
  it.each([
    [{ reasoning_effort: 'minimal' }, 1_024, 64_000],
    [{ reasoning_effort: 'low' }, 2_048, 64_000],
    [{ reasoning_effort: 'xhigh' }, 32_768, 64_000],
    [{ reasoning: { max_tokens: 5_000 } }, 5_000, 64_000],
    [{ reasoning: { max_tokens: 10 } }, 1_024, 64_000],
    [{ reasoning: { effort: 'low' }, max_tokens: 3_000 }, 2_048, 3_000],
    [{ reasoning_effort: 'high', max_completion_tokens: 10_000 }, 8_000, 10_000],
    [{ reasoning_effort: 'high', max_tokens: 500 }, 1_024, 1_524],
  ] as [Partial<ChatRequest>, number, number][])('%j: %d of %d', (fields, budget, maxTokens) => {
    expect(planThinking(ask(fields), OLD)).toEqual({
      thinking: { type: 'enabled', budget_tokens: budget },
      maxTokens,
    });
  });

  it('tells the room that the planned request gives', () => {
    const wish = { reasoning_effort: 'high' } as const;
    expect(outputRoom(ask({ ...wish, max_tokens: 500 }), OLD)).toEqual({
      limit: 1_524,
      thinking: 1_024,
    });
    expect(outputRoom(ask(wish), OLD)).toEqual({ limit: undefined, thinking: 16_384 });
    expect(outputRoom(ask({ max_tokens: 500 }), OLD)).toEqual({ limit: 500, thinking: 0 });
  });

  it('does not think where the model has no room for it', () => {
    const small = makeTarget({ upstreamModel: 'claude-haiku-4-5', maxOutputTokens: 1_000 });
    expect(planThinking(ask({ reasoning_effort: 'low' }), small)).toEqual({ maxTokens: 1_000 });
  });

  it('never asks for more than the model can put out', () => {
    expect(planThinking(ask({ max_tokens: 200_000 }), OLD)).toEqual({ maxTokens: 64_000 });
  });

  it('does not begin to think in the middle of a turn that calls tools', () => {
    const call = { id: 'c', type: 'function' as const, function: { name: 'f', arguments: '{}' } };
    const turn = (details: ChatMessage['reasoning_details']): ChatMessage[] => [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [call],
        ...(details ? { reasoning_details: details } : {}),
      },
      { role: 'tool', tool_call_id: 'c', content: '1' },
    ];
    const request = { reasoning_effort: 'low' as const };
    const signed = [{ type: 'reasoning.text' as const, text: 't', signature: 's' }];
    expect(
      planThinking(ask({ ...request, messages: turn(undefined) }), OLD).thinking,
    ).toBeUndefined();
    expect(planThinking(ask({ ...request, messages: turn(signed) }), OLD).thinking).toBeDefined();
    const next: ChatMessage = { role: 'user', content: 'More' };
    const later = ask({ ...request, messages: [...turn(undefined), next] });
    expect(planThinking(later, OLD).thinking).toBeDefined();
  });
});

describe('planThinking on models that think by effort', () => {
  it.each([
    ['minimal', 'low'],
    ['medium', 'medium'],
    ['xhigh', 'max'],
  ] as const)('%s is %s', (effort, native) => {
    expect(planThinking(ask({ reasoning_effort: effort }), NEW)).toEqual({
      thinking: { type: 'adaptive' },
      effort: native,
      maxTokens: 128_000,
    });
  });

  it('asks newer models for their thoughts, and for xhigh by its name where they have it', () => {
    const newer = makeTarget({ upstreamModel: 'claude-opus-4-8' });
    expect(planThinking(ask({ reasoning_effort: 'xhigh' }), newer)).toEqual({
      thinking: { type: 'adaptive', display: 'summarized' },
      effort: 'xhigh',
      maxTokens: 4_096,
    });
    const without = makeTarget({
      upstreamModel: 'claude-opus-4-8',
      capabilities: { reasoningEfforts: ['low', 'high', 'max'] },
    });
    expect(planThinking(ask({ reasoning_effort: 'xhigh' }), without).effort).toBe('max');
  });

  it('takes the effort that fits a number of tokens', () => {
    expect(planThinking(ask({ reasoning: { max_tokens: 9_000 } }), NEW).effort).toBe('medium');
  });

  it.each([
    ['claude-opus-4-6', undefined],
    ['claude-sonnet-5', { type: 'disabled' }],
    ['claude-sonnet-5-5', { type: 'between_tools' }],
  ])('none on %s', (upstreamModel, thinking) => {
    const plan = planThinking(ask({ reasoning_effort: 'none' }), makeTarget({ upstreamModel }));
    expect(plan.thinking).toEqual(thinking);
  });
});

it("passes a client's own thinking", () => {
  const thinking = { type: 'enabled', budget_tokens: 3_000 };
  const plan = planThinking(ask({ thinking, reasoning_effort: 'high', max_tokens: 4_000 }), NEW);
  expect(plan).toEqual({ thinking, maxTokens: 4_000 });
});
