import { describe, expect, it } from '@jest/globals';
import { SchemaValidators } from './schema-validators.js';

describe('SchemaValidators', () => {
  it('compiles a schema once', () => {
    const validators = new SchemaValidators();
    const first = validators.of({ type: 'object' });
    expect(first?.({})).toBe(true);
    expect(first?.([])).toBe(false);
    expect(validators.of({ type: 'object' })).toBe(first);
  });

  it('keeps no more than 256, and of those the newest', () => {
    const validators = new SchemaValidators();
    const first = validators.of({ const: -1 });
    const second = validators.of({ const: -2 });
    for (let at = 0; at < 254; at++) validators.of({ const: at });
    expect(validators.of({ const: -1 })).toBe(first);
    validators.of({ const: 255 });
    expect(validators.size).toBe(256);
    expect(validators.of({ const: -1 })).toBe(first);
    expect(validators.of({ const: -2 })).not.toBe(second);
  });

  it('keeps no more than a mebibyte', () => {
    const validators = new SchemaValidators();
    for (let at = 0; at < 10; at++) validators.of({ const: at, title: 'x'.repeat(200_000) });
    expect(validators.size).toBe(5);
  });

  it('knows the dialects, and no members of a prototype', () => {
    const validators = new SchemaValidators();
    const older = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ const: 1 }] };
    expect(validators.of(older)?.([2])).toBe(false);
    expect(validators.of({ prefixItems: [{ const: 1 }] })?.([2])).toBe(false);
    expect(validators.of({ required: ['toString'] })?.({})).toBe(false);
    expect(validators.of({ $defs: { a: { const: 1 } }, $ref: '#/$defs/a' })?.(2)).toBe(false);
  });
});
