import { describe, expect, it } from '@jest/globals';
import { createKey } from '../keys/key-format.js';
import { auditValue } from './audit-value.js';

describe('auditValue', () => {
  it('is plain JSON', () => {
    expect(
      auditValue({ at: new Date(0), amount: 12n, left: undefined, list: [1, { b: 2n }] }),
    ).toEqual({ at: '1970-01-01T00:00:00.000Z', amount: '12', list: [1, { b: '2' }] });
  });

  it('has no field for secrets, on any level', () => {
    const secrets = {
      hash: 1,
      key: 'a',
      token: 'b',
      secret: 'c',
      ciphertext: 'd',
      wrapped_key: 'e',
    };
    expect(auditValue({ name: 'n', ...secrets, inner: [{ ...secrets, id: 'i' }] })).toEqual({
      name: 'n',
      inner: [{ id: 'i' }],
    });
  });

  it.each(['osm_', 'osmadm_'] as const)('shows no %s key, wherever it stands', (kind) => {
    const { key, prefix } = createKey(kind);
    const kept = auditValue({ note: `my key is ${key}.`, list: [key], prefix });
    expect(kept).toEqual({ note: 'my key is [redacted].', list: ['[redacted]'], prefix });
  });
});
