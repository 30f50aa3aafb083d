import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { schemaInstance } from './schema-instance.js';

const CITY = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

const SCHEMAS: readonly (readonly [string, object])[] = [
  ['an empty object', { type: 'object', properties: {} }],
  ['a nested object', { type: 'object', properties: { city: CITY }, required: ['city'] }],
  ['an array', { type: 'array', items: { type: 'integer' }, minItems: 2 }],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'boolean' }] }],
  ['an enum', { enum: ['b', 'a'] }],
  ['a constant', { const: 7 }],
  ['bounds', { type: 'integer', minimum: 10, maximum: 20, multipleOf: 4 }],
  ['exclusive bounds', { type: 'number', exclusiveMaximum: 0 }],
  ['lengths', { type: 'string', minLength: 8, maxLength: 9 }],
  ['a short string', { type: 'string', maxLength: 2 }],
  ['alternatives', { anyOf: [{ type: 'null' }, { type: 'string' }] }],
  ['a nullable type', { type: ['null', 'integer'] }],
  ['a reference', { $ref: '#/$defs/City', $defs: { City: CITY } }],
  [
    'all of several',
    { allOf: [{ $ref: '#/$defs/City' }, { required: ['name'] }], $defs: { City: CITY } },
  ],
];

describe('schemaInstance', () => {
  it.each(SCHEMAS)('fits %s', (_name, schema) => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const instance = schemaInstance(schema);
    expect({ instance, fits: validate(instance) }).toEqual({ instance, fits: true });
  });

  it('always gives the same value', () => {
    const schema = {
      type: 'object',
      properties: { to: { type: 'string' }, unit: { enum: ['c', 'f'] }, hidden: {} },
      required: ['to', 'unit'],
    };
    expect(schemaInstance(schema)).toEqual({ to: 'to', unit: 'c' });
    expect(schemaInstance(schema, ' 2')).toEqual({ to: 'to 2', unit: 'c' });
  });

  it('prefers a value to null', () => {
    expect(schemaInstance({ type: ['null', 'integer'] })).toBe(1);
  });

  it('reads the capital types of Gemini', () => {
    const schema = { type: 'OBJECT', properties: { at: { type: 'STRING' } }, required: ['at'] };
    expect(schemaInstance(schema)).toEqual({ at: 'at' });
  });

  it.each([
    ['date-time', '2024-01-01T00:00:00Z'],
    ['email', 'user@example.com'],
    ['uuid', '00000000-0000-4000-8000-000000000000'],
  ])('knows the format %s', (format, expected) => {
    expect(schemaInstance({ type: 'string', format })).toBe(expected);
  });

  it('ends with a schema that contains itself', () => {
    const schema = {
      type: 'object',
      properties: { child: { $ref: '#' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['child', 'children'],
    };
    expect(JSON.stringify(schemaInstance(schema)).length).toBeLessThan(2000);
  });
});
