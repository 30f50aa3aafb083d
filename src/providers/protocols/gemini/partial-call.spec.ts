import { describe, expect, it } from '@jest/globals';
import { continueCall } from './partial-call.js';

const after = (...pieces: unknown[]) =>
  pieces.reduce<Record<string, unknown>>(
    (args, piece) => continueCall({ index: 0, args }, { partialArgs: [piece] }).args,
    {},
  );

describe('continueCall', () => {
  it.each([
    [
      [
        { jsonPath: '$.a', stringValue: 'x' },
        { jsonPath: '$.a', stringValue: 'y' },
      ],
      { a: 'xy' },
    ],
    [
      [
        { jsonPath: '$.a.b[1]', numberValue: 2 },
        { jsonPath: '$.a.b[0]', boolValue: false },
      ],
      { a: { b: [false, 2] } },
    ],
    [[{ jsonPath: "$['a b'].c", nullValue: 'NULL_VALUE' }], { 'a b': { c: null } }],
    [[{ jsonPath: '$', stringValue: 'x' }, { stringValue: 'y' }], {}],
    [[{ jsonPath: '$.__proto__.x', boolValue: true }], {}],
    [[{ jsonPath: '$.a[99999999]', boolValue: true }], { a: [] }],
  ])('puts %j where they belong', (pieces, expected) => {
    expect(after(...pieces)).toEqual(expected);
  });

  it('starts from the arguments that came whole', () => {
    const call = continueCall({ index: 3, args: { a: 1 } }, { args: { b: 2 } });
    expect(call).toEqual({ index: 3, args: { a: 1, b: 2 } });
  });
});
