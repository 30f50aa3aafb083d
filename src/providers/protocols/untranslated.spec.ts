import { describe, expect, it } from '@jest/globals';
import { untranslated } from './untranslated.js';

describe('what a dialect does not translate', () => {
  it('goes as it is and in its order, without what is absent', () => {
    const request = { seed: 7, model: 'm', top_k: undefined, user: null, stop: 'x', store: false };
    const passing = untranslated(request, new Set(['model', 'stop']));
    expect(Object.entries(passing)).toEqual([
      ['seed', 7],
      ['user', null],
      ['store', false],
    ]);
  });
});
