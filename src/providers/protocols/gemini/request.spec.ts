import { describe, expect, it } from '@jest/globals';
import type { ChatRequest } from '../../../core/chat.js';
import { makeTarget } from '../../../../test/support/target.js';
import { toUpstreamRequest } from './request.js';

const sent = (fields: Partial<ChatRequest>, upstreamModel = 'gemini-2.5-flash') =>
  toUpstreamRequest({ model: 'm', messages: [], ...fields }, makeTarget({ upstreamModel }));

describe('toUpstreamRequest', () => {
  it.each([
    ['safetySettings', 'safety_settings'],
    ['cachedContent', 'cached_content'],
  ])('hands %s on, by either spelling', (camel, snake) => {
    expect(sent({ [camel]: 'x' }).body).toEqual({ contents: [], [camel]: 'x' });
    expect(sent({ [snake]: 'x' }).body).toEqual({ contents: [], [camel]: 'x' });
  });

  it.each([
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['auto', undefined],
    ['default', undefined],
  ])('asks for the tier %s as %s', (tier, expected) => {
    expect(sent({ service_tier: tier }).body['serviceTier']).toBe(expected);
  });

  it("leaves OpenAI's defaults out", () => {
    const defaults: Partial<ChatRequest> = {
      n: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      logprobs: false,
      top_logprobs: 0,
      parallel_tool_calls: true,
      response_format: { type: 'text' },
      tool_choice: 'auto',
    };
    expect(sent(defaults).body).toEqual({ contents: [] });
  });

  it("merges thinking into the client's own generationConfig", () => {
    const generationConfig = { thinkingConfig: { thinkingBudget: 1 }, audioTimestamp: true };
    expect(
      sent({ generation_config: generationConfig, reasoning: {} }).body['generationConfig'],
    ).toEqual({
      audioTimestamp: true,
      thinkingConfig: { thinkingBudget: 1, includeThoughts: true },
    });
  });

  it('asks a tuned model by its own path', () => {
    expect(sent({}, 'tunedModels/boats').path).toBe('/tunedModels/boats:generateContent');
  });
});
