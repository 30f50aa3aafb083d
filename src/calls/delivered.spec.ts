import { describe, expect, it } from '@jest/globals';
import type { ChatChunk, ChunkDelta, FinishReason } from '../core/chat.js';
import { DeliveredOutput, hasContent, outputTokensAsked, outputTokensLikely } from './delivered.js';

const chunk = (delta: ChunkDelta, finish_reason: FinishReason | null = null): ChatChunk => ({
  choices: [{ index: 0, delta, finish_reason }],
});

describe('hasContent', () => {
  it.each<[ChunkDelta, boolean]>([
    [{}, false],
    [{ role: 'assistant' }, false],
    [{ role: 'assistant', content: '' }, false],
    [{ content: null, refusal: null, tool_calls: [] }, false],
    [{ reasoning: '' }, false],
    [{ content: ' ' }, true],
    [{ reasoning: 'a' }, true],
    [{ refusal: 'No' }, true],
    [{ tool_calls: [{ index: 0 }] }, true],
    [{ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }, true],
    [{ images: ['data:,'] }, true],
    [{ audio: {} }, true],
  ])('%j: %s', (delta, expected) => {
    expect(hasContent(chunk(delta))).toBe(expected);
  });

  it('the end of a choice is content; no choice is none', () => {
    expect(hasContent(chunk({}, 'stop'))).toBe(true);
    expect(hasContent({ choices: [] })).toBe(false);
  });

  it('any choice will do', () => {
    const choices = [...chunk({}).choices, ...chunk({ content: 'a' }).choices];
    expect(hasContent({ choices })).toBe(true);
  });
});

describe('DeliveredOutput', () => {
  const tokensOf = (...deltas: ChunkDelta[]): number => {
    const delivered = new DeliveredOutput();
    for (const delta of deltas) delivered.add(chunk(delta));
    return delivered.tokens;
  };

  it('counts a token a piece where pieces are short', () => {
    expect(tokensOf({ content: 'a' }, { content: 'bc' }, { reasoning: 'd' })).toBe(3);
  });

  it('counts four characters a token where they are long', () => {
    expect(tokensOf({ content: 'x'.repeat(400) })).toBe(100);
  });

  it('counts all that a model writes, and nothing else', () => {
    const call = {
      index: 0,
      id: 'not counted',
      function: { name: 'x'.repeat(40), arguments: 'y'.repeat(40) },
    };
    expect(
      tokensOf({
        content: 'x'.repeat(40),
        reasoning: 'y'.repeat(40),
        refusal: 'z'.repeat(40),
        tool_calls: [call],
      }),
    ).toBe(50);
    expect(tokensOf({ role: 'assistant' }, { content: '' }, {})).toBe(0);
  });

  it('text that was never taken apart counts as text', () => {
    const delivered = new DeliveredOutput();
    delivered.addText(8);
    expect(delivered.tokens).toBe(2);
    delivered.addText(1);
    delivered.addText(1);
    expect(delivered.tokens).toBe(3);
  });

  it('keeps how the answer ended', () => {
    const delivered = new DeliveredOutput();
    expect(delivered.finishReason).toBeNull();
    delivered.add(chunk({}, 'length'));
    delivered.add(chunk({}));
    expect(delivered.finishReason).toBe('length');
  });
});

describe('outputTokensLikely', () => {
  it('counts every choice, with its reasoning and calls', () => {
    const message = { role: 'assistant', content: 'x'.repeat(10), refusal: null } as const;
    const call = { id: 'a', type: 'function', function: { name: 'ff', arguments: '{}' } } as const;
    const choice = { index: 0, logprobs: null, finish_reason: 'stop' } as const;
    const choices = [
      { ...choice, message: { ...message, reasoning: 'y'.repeat(10) } },
      { ...choice, message: { ...message, content: null, tool_calls: [call] } },
    ];
    expect(outputTokensLikely({ choices })).toBe(6);
    expect(outputTokensLikely({ choices: [] })).toBe(0);
  });
});

describe('outputTokensAsked', () => {
  it.each([
    [{ max_tokens: 10 }, 10],
    [{ max_completion_tokens: 20, max_tokens: 10 }, 20],
    [{ max_tokens: 10, n: 3 }, 30],
    [{ n: 3 }, Infinity],
  ])('of %j is %d', (request, tokens) => {
    expect(outputTokensAsked(request)).toBe(tokens);
  });
});
