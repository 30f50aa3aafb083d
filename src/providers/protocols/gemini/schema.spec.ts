import { describe, expect, it } from '@jest/globals';
import { toGeminiSchema } from './schema.js';

const named = (child: unknown) => ({ type: 'object', properties: { a: child } });
/** What becomes of a property in the OpenAPI form. */
function property(child: unknown): unknown {
  const { form, schema } = toGeminiSchema(named(child));
  expect(form).toBe('openapi');
  return (schema['properties'] as Record<string, unknown>)['a'];
}

describe('the OpenAPI form of a schema', () => {
  it.each([
    ['a type with null', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [
      'anyOf with null',
      { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      { type: 'integer', nullable: true },
    ],
    [
      'several types',
      { type: ['string', 'integer'] },
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    ],
    ['null in an enum', { enum: ['x', null] }, { type: 'string', enum: ['x'], nullable: true }],
    ['const', { const: 'x' }, { type: 'string', enum: ['x'] }],
    [
      'an exclusive bound of an integer',
      { type: 'integer', exclusiveMinimum: 0 },
      { type: 'integer', minimum: 1 },
    ],
    [
      'an exclusive bound of a number',
      { type: 'number', exclusiveMaximum: 2 },
      { type: 'number', maximum: 2 },
    ],
    [
      'a known format',
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'date-time' },
    ],
    [
      'another format',
      { type: 'string', format: 'uuid' },
      { type: 'string', description: 'Format: uuid.' },
    ],
    ['unknown keywords', { type: 'string', 'x-ui': 1, examples: ['a'] }, { type: 'string' }],
    ['types in capitals', { type: 'STRING' }, { type: 'string' }],
    [
      'allOf',
      { allOf: [named({ type: 'string' })], description: 'd' },
      { ...named({ type: 'string' }), description: 'd' },
    ],
    ['a missing type', { items: { type: 'string' } }, { type: 'array', items: { type: 'string' } }],
  ])('says %s in another way', (_what, given, expected) => {
    expect(property(given)).toEqual(expected);
  });

  it('keeps the properties of a nullable object', () => {
    expect(
      property({ anyOf: [named({ type: 'string' }), { type: 'null' }], description: 'd' }),
    ).toEqual({
      ...named({ type: 'string' }),
      description: 'd',
      nullable: true,
    });
  });

  it('puts what stands beside anyOf into its members, for it must stand alone', () => {
    const given = {
      description: 'd',
      anyOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'null' }],
    };
    expect(property(given)).toEqual({
      anyOf: [
        { type: 'string', description: 'd', nullable: true },
        { type: 'boolean', description: 'd', nullable: true },
      ],
    });
  });

  it('writes references out and leaves the definitions away', () => {
    const given = {
      ...named({ $ref: '#/$defs/B' }),
      $defs: { B: { type: 'boolean' } },
      $schema: 'x',
    };
    expect(toGeminiSchema(given)).toEqual({ form: 'openapi', schema: named({ type: 'boolean' }) });
  });

  it('requires only what is described, and takes no keyword for the name of a property', () => {
    const given = {
      type: 'object',
      properties: { format: { type: 'string' } },
      required: ['format', 'ghost'],
    };
    expect(toGeminiSchema(given).schema).toEqual({ ...given, required: ['format'] });
  });
});

describe('the JSON Schema form', () => {
  it.each([
    ['free keys', { type: 'object', additionalProperties: { type: 'string' } }],
    ['an object without properties', { type: 'object' }],
    ['numbers in an enum', { enum: [1, 2] }],
    ['only null', { enum: [null] }],
    ['a tuple', { type: 'array', items: { type: 'string' }, prefixItems: [{ type: 'string' }] }],
    ['anything', {}],
    ['a list of anything', { type: 'array' }],
  ])('is taken for %s', (_what, child) => {
    expect(toGeminiSchema(named(child))).toEqual({ form: 'json', schema: named(child) });
  });

  it('keeps recursion, whichever way the definitions are named', () => {
    const node = (root: string) => named({ $ref: `#/${root}/Node` });
    const given = { ...node('definitions'), definitions: { Node: node('definitions') } };
    expect(toGeminiSchema(given)).toEqual({
      form: 'json',
      schema: { ...node('$defs'), $defs: { Node: node('$defs') } },
    });
  });

  it('leaves out what Gemini does not know, at every depth', () => {
    const given = {
      $schema: 'x',
      ...named({ type: 'object', minProperties: 1, propertyNames: { pattern: 'a' } }),
    };
    expect(toGeminiSchema(given).schema).toEqual(named({ type: 'object' }));
  });
});
