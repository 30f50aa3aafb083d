import { describe, expect, it } from '@jest/globals';
import { ProviderLoad } from './provider-load.js';

describe('the load of providers', () => {
  it('has as many places as the limit, for each provider on its own', () => {
    const load = new ProviderLoad(2);
    expect([load.enter('a'), load.isAnyFull, load.enter('a')]).toEqual([true, false, true]);
    expect([load.enter('a'), load.isFull('a'), load.isAnyFull]).toEqual([false, true, true]);
    expect([load.enter('b'), load.isFull('b'), load.total]).toEqual([true, false, 3]);
  });

  it('gives a place that was left to the next', () => {
    const load = new ProviderLoad(1);
    load.enter('a');
    load.leave('a');
    expect([load.isAnyFull, load.isFull('a'), load.total]).toEqual([false, false, 0]);
    expect([load.enter('a'), load.enter('a')]).toEqual([true, false]);
  });
});
