import { describe, expect, it, jest } from '@jest/globals';
import { CallSignal } from './call-signal.js';

describe('CallSignal', () => {
  it('tells every listener the reason of the first abort, once', () => {
    const signal = new CallSignal();
    const listeners = [jest.fn(), jest.fn()];
    for (const listener of listeners) signal.onAbort(listener);
    expect(signal.aborted).toBe(false);
    expect(() => signal.throwIfAborted()).not.toThrow();
    signal.abort('first');
    signal.abort('second');
    expect(signal.aborted).toBe(true);
    for (const listener of listeners) expect(listener.mock.calls).toEqual([['first']]);
    const late = jest.fn();
    signal.onAbort(late);
    expect(late.mock.calls).toEqual([['first']]);
  });

  it('throws its reason', () => {
    const signal = new CallSignal();
    const reason = new Error('gone');
    signal.abort(reason);
    expect(() => signal.throwIfAborted()).toThrow(reason);
  });

  it('tells a late listener at once, and one that was taken off never', () => {
    const signal = new CallSignal();
    const early = jest.fn();
    signal.onAbort(early)();
    signal.abort(undefined);
    const late = jest.fn();
    signal.onAbort(late);
    expect([early.mock.calls, late.mock.calls]).toEqual([[], [[undefined]]]);
  });

  it('a listener may be taken off twice, and while others are told', () => {
    const signal = new CallSignal();
    const other = jest.fn();
    const off = signal.onAbort(() => off());
    signal.onAbort(other);
    signal.abort('x');
    off();
    expect(other).toHaveBeenCalledTimes(1);
  });
});
