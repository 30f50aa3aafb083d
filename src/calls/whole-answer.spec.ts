import { describe, expect, it } from '@jest/globals';
import { accumulate } from '../../test/support/accumulate.js';
import { chunksOf } from '../../test/support/chunks.js';
import type { ChatCompletion } from '../core/chat.js';
import { outputsOfAnswer } from './whole-answer.js';

const call = (id: string) =>
  ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }) as const;
const COMPLETION: ChatCompletion = {
  created: 5,
  service_tier: 'default',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Hi',
        refusal: null,
        reasoning: 'hm',
        annotations: [],
      },
      logprobs: null,
      finish_reason: 'stop',
    },
    {
      index: 1,
      message: {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [call('a'), call('b')],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    },
  ],
};

describe('outputsOfAnswer', () => {
  const usage = { promptTokens: 1, completionTokens: 2 };

  it('is a stream that adds up to the answer', () => {
    const outputs = outputsOfAnswer({
      completion: COMPLETION,
      usage,
      upstreamId: 'up',
      upstreamModel: 'native',
    });
    expect(outputs.map(({ type }) => type)).toEqual(['identity', 'chunk', 'usage', 'end']);
    expect(outputs[0]).toEqual({ type: 'identity', upstreamId: 'up', upstreamModel: 'native' });
    expect(outputs[2]).toEqual({ type: 'usage', usage });
    const { created: _created, ...rest } = COMPLETION;
    expect(accumulate(chunksOf([...outputs]))).toEqual(rest);
  });

  it('tells nothing that the provider did not', () => {
    const outputs = outputsOfAnswer({
      completion: COMPLETION,
      usage: undefined,
      upstreamId: undefined,
      upstreamModel: undefined,
    });
    expect(outputs[0]).toEqual({ type: 'identity' });
    expect(outputs.map(({ type }) => type)).toEqual(['identity', 'chunk', 'end']);
  });

  it('leaves the answer as it was', () => {
    const before = structuredClone(COMPLETION);
    outputsOfAnswer({
      completion: COMPLETION,
      usage,
      upstreamId: undefined,
      upstreamModel: undefined,
    });
    expect(COMPLETION).toEqual(before);
  });
});
