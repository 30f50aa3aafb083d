import { describe, expect, it } from '@jest/globals';
import type { ChatChunk, ChunkDelta, FinishReason } from '../core/chat.js';
import { AnswerAccumulator } from './answer-accumulator.js';

const chunk = (delta: ChunkDelta, finish: FinishReason | null = null, index = 0): ChatChunk => ({
  choices: [{ index, delta, finish_reason: finish }],
});

/** The answer that these chunks are, each of ten characters. */
function answerOf(chunks: readonly ChatChunk[], limit = 1_000) {
  const accumulator = new AnswerAccumulator(limit);
  for (const one of chunks) accumulator.add(one, 10);
  return { answer: accumulator.answer(), truncated: accumulator.truncated };
}

describe('the answer of a stream', () => {
  it('is its text, with the role and the reason of its end', () => {
    const chunks = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning: 'So ' }),
      chunk({ reasoning: 'so.' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
    ];
    expect(answerOf(chunks)).toEqual({
      truncated: false,
      answer: {
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: 'Hello', reasoning: 'So so.' },
            finish_reason: 'stop',
          },
        ],
      },
    });
  });

  it('has tool calls with whole arguments, lists and objects put together', () => {
    const chunks = [
      chunk({
        role: 'assistant',
        content: null,
        tool_calls: [
          { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
        ],
      }),
      chunk({ tool_calls: [{ index: 1, function: { arguments: '{"x"' } }] }),
      chunk({ tool_calls: [{ index: 1, function: { arguments: ':1}' } }] }),
      chunk({ audio: { id: 'a', data: 'AA' }, images: ['one'] }),
      chunk({ audio: { data: 'BB' }, images: ['two'] }, 'tool_calls'),
    ];
    const { answer } = answerOf(chunks);
    expect(answer?.['choices']).toEqual([
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          audio: { id: 'a', data: 'AABB' },
          images: ['one', 'two'],
          tool_calls: [
            { id: 'b', type: 'function', function: { name: 'g', arguments: '{"x":1}' } },
          ],
        },
      },
    ]);
  });

  it('keeps choices apart', () => {
    const { answer } = answerOf([
      chunk({ content: 'a' }, null, 0),
      chunk({ content: 'b' }, null, 1),
      chunk({ content: 'c' }, null, 0),
    ]);
    expect(answer?.['choices']).toMatchObject([
      { index: 0, message: { content: 'ac' } },
      { index: 1, message: { content: 'b' } },
    ]);
  });

  it('leaves the chunks as they are', () => {
    const first = chunk({ images: ['one'] });
    answerOf([first, chunk({ images: ['two'] })]);
    expect(first).toEqual(chunk({ images: ['one'] }));
  });

  it('is no longer than may be kept, and says so; how it ended is known nevertheless', () => {
    const chunks = [...Array.from({ length: 5 }, () => chunk({ content: 'x' })), chunk({}, 'stop')];
    const { answer, truncated } = answerOf(chunks, 30);
    expect(truncated).toBe(true);
    expect(answer?.['choices']).toMatchObject([
      { message: { content: 'xxx' }, finish_reason: 'stop' },
    ]);
  });

  it('is none where nothing came', () => {
    expect(answerOf([])).toEqual({ answer: undefined, truncated: false });
  });
});
