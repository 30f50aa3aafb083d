import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../core/errors.js';
import { endByEvent, fail, failUnreadable } from './stream-failure.js';

describe('a stream that fails', () => {
  it('tells its error and is over', () => {
    const error = new GatewayError('overloaded');
    const [state, outputs] = fail(error);
    expect(state.phase).toBe('failed');
    expect(outputs).toEqual([{ type: 'error', error }]);
    expect(endByEvent(state)).toEqual([]);
  });

  it('keeps from the client what an unreadable event was', () => {
    const [, [output]] = failUnreadable();
    expect(output).toMatchObject({ type: 'error', error: { code: 'upstream_error' } });
    expect(output).toHaveProperty('error.detail', 'an event of the stream is not a JSON object');
  });

  it.each(['waiting', 'answering', 'closing'])('is broken off by bytes that end in %s', (phase) => {
    expect(endByEvent({ phase })).toMatchObject([
      { error: { code: 'upstream_error', message: 'The provider broke off its answer.' } },
    ]);
  });

  it('is not broken off where the answer was complete', () => {
    expect(endByEvent({ phase: 'ended' })).toEqual([]);
  });
});
