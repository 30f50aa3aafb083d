import { describe, expect, it } from '@jest/globals';
import { parseIdempotencyKey, parseIfMatch } from './conditional-headers.js';
import { requireVersion } from './version.js';

const refused = (param: string) => expect.objectContaining({ code: 'invalid_parameter', param });

describe('Idempotency-Key', () => {
  it.each(['a', '8e03978e-40d5-43dd-bc93-6894a57f9324', ' ~!', 'x'.repeat(255)])(
    'may be %j',
    (header) => {
      expect(parseIdempotencyKey(header)).toBe(header);
    },
  );

  it('may be absent', () => {
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each(['', 'x'.repeat(256), 'a\tb', 'a\0', 'é', 'a\u007f'])('may not be %j', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(refused('Idempotency-Key'));
  });
});

describe('If-Match', () => {
  it.each([
    ['"3"', 3],
    ['W/"3"', 3],
    [' "12" ', 12],
    ['"0"', 0],
    ['*', undefined],
    [undefined, undefined],
  ])('%j asks for version %s', (header, version) => {
    expect(parseIfMatch(header)).toBe(version);
  });

  it.each(['', '3', '"3', 'w/"3"', '"3", "4"', '"-3"', '"3.0"', '"abc"', '"9999999999"', '**'])(
    'may not be %j',
    (header) => {
      expect(() => parseIfMatch(header)).toThrow(refused('If-Match'));
    },
  );
});

describe('requireVersion', () => {
  it('lets this version pass, and any where none is named', () => {
    expect(() => {
      requireVersion({ expectedVersion: 3 }, 3);
      requireVersion({ expectedVersion: undefined }, 3);
    }).not.toThrow();
  });

  it.each([
    [2, 3],
    [4, 3],
    [0, 3],
  ])('refuses %i where the version is %i', (expectedVersion, version) => {
    expect(() => requireVersion({ expectedVersion }, version)).toThrow(
      expect.objectContaining({ code: 'precondition_failed', param: 'If-Match' }),
    );
  });
});
