import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../../test/support/target.js';
import { fromUpstreamResponse } from './response.js';

const target = makeTarget();

function codeOf(body: unknown): unknown {
  try {
    return fromUpstreamResponse(body, target).completion;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('fromUpstreamResponse', () => {
  it('throws the error that came with status 200', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    expect(codeOf({ type: 'error', error })).toBe('overloaded');
  });

  it.each([null, 'text', [], {}, { content: 'text' }])(
    'throws for %j, which is no answer',
    (body) => {
      expect(codeOf(body)).toBe('upstream_error');
    },
  );

  it('tells who answered', () => {
    const body = { id: 'msg_1', model: 'claude-x', content: [], stop_reason: 'end_turn' };
    const answer = fromUpstreamResponse(body, target);
    expect(answer).toMatchObject({
      upstreamId: 'msg_1',
      upstreamModel: 'claude-x',
      usage: undefined,
    });
    expect(answer.completion.choices[0]?.message.content).toBe('');
  });

  it('takes reasons that the provider adds from its quirks', () => {
    const provider = { quirks: { finishReasons: { cut_short: 'length', odd: 'unheard of' } } };
    const finish = (reason: string) =>
      fromUpstreamResponse({ content: [], stop_reason: reason }, makeTarget({ provider }))
        .completion.choices[0];
    expect(finish('cut_short')).toMatchObject({
      finish_reason: 'length',
      native_finish_reason: 'cut_short',
    });
    expect(finish('odd')?.finish_reason).toBe('stop');
  });
});
