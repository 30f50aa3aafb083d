import { describe, expect, it } from '@jest/globals';
import { isExpressible, toKnownSchema } from './schema.js';

describe('toKnownSchema', () => {
  it('closes every object, also within lists, definitions and unions', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        people: { type: 'array', items: { $ref: '#/$defs/person' } },
        pet: { anyOf: [{ properties: { name: { type: 'string' } } }, { type: 'null' }] },
      },
      additionalProperties: true,
      $defs: { person: { type: 'object', properties: { age: { type: 'integer' } } } },
    };
    expect(toKnownSchema(schema)).toEqual({
      type: 'object',
      properties: {
        people: {
          type: 'array',
          items: {
            type: 'object',
            properties: { age: { type: 'integer' } },
            additionalProperties: false,
          },
        },
        pet: {
          anyOf: [
            {
              type: 'object',
              properties: { name: { type: 'string' } },
              additionalProperties: false,
            },
            { type: 'null' },
          ],
        },
      },
      additionalProperties: false,
    });
  });

  it('tells constraints that cannot be enforced in the description', () => {
    expect(
      toKnownSchema({ type: 'integer', minimum: 1, maximum: 5, description: 'Stars.' }),
    ).toEqual({
      type: 'integer',
      description: 'Stars.\nConstraints: minimum: 1, maximum: 5.',
    });
    expect(toKnownSchema({ type: 'string', maxLength: 3 })).toEqual({
      type: 'string',
      description: 'Constraints: maxLength: 3.',
    });
  });

  it.each([
    ['format', 'date-time', true],
    ['format', 'int32', false],
    ['minItems', 1, true],
    ['minItems', 2, false],
    ['pattern', '^[a-z]+$', true],
    ['pattern', '(?=x)y', false],
    ['pattern', '\\bword', false],
    ['constructor', 1, false],
  ])('keeps %s %p: %p', (keyword, value, kept) => {
    const known = toKnownSchema({ type: 'string', [keyword]: value });
    expect(Object.hasOwn(known, keyword)).toBe(kept);
    expect('description' in known).toBe(!kept);
  });

  it('turns oneOf into anyOf and nullable into a type', () => {
    expect(
      toKnownSchema({ oneOf: [{ type: 'string', nullable: true }, { type: 'number' }] }),
    ).toEqual({
      anyOf: [{ type: ['string', 'null'] }, { type: 'number' }],
    });
  });

  it('folds allOf, whose branches would exclude each other once closed', () => {
    const schema = {
      allOf: [
        { $ref: '#/$defs/named' },
        { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] },
      ],
      $defs: { named: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
    };
    expect(toKnownSchema(schema)).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' } },
      required: ['a', 'b'],
      additionalProperties: false,
    });
  });

  it('does not take properties for keywords', () => {
    const schema = {
      type: 'object',
      properties: { minimum: { type: 'number' }, oneOf: { type: 'string' } },
    };
    expect(toKnownSchema(schema)).toEqual({ ...schema, additionalProperties: false });
  });
});

describe('isExpressible', () => {
  const open = { type: 'object' };
  it.each([
    ['an object with names', { type: 'object', properties: { a: { type: 'string' } } }, true],
    [
      'an object that must be empty',
      { type: 'object', properties: {}, additionalProperties: false },
      true,
    ],
    ['a map', { type: 'object', additionalProperties: { type: 'number' } }, false],
    ['an open object in a list', { type: 'array', items: open }, false],
    ['another document', { $ref: 'https://example.com/schema.json' }, false],
    ['recursion', { type: 'object', properties: { again: { $ref: '#' } } }, false],
    ['a union of objects', { type: 'object', anyOf: [{ properties: { a: {} } }] }, true],
  ])('%s', (_name, schema, expected) => {
    expect(isExpressible(schema)).toBe(expected);
  });
});
