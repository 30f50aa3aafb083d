import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { inlineReferences, isRecursive } from './resolve-references.js';

const TREE: JsonObject = {
  type: 'object',
  properties: { root: { $ref: '#/$defs/node' } },
  $defs: {
    node: {
      type: 'object',
      description: 'a node',
      properties: { child: { $ref: '#/$defs/node' } },
    },
  },
};

describe('inlineReferences', () => {
  it('writes definitions out and removes them', () => {
    const schema = {
      type: 'object',
      properties: { home: { $ref: '#/$defs/address' }, work: { $ref: '#/definitions/old~1form' } },
      $defs: {
        address: { type: 'object', properties: { zip: { $ref: '#/$defs/zip' } } },
        zip: { type: 'string' },
      },
      definitions: { 'old/form': { type: 'number' } },
    };
    expect(inlineReferences(schema)).toEqual({
      type: 'object',
      properties: {
        home: { type: 'object', properties: { zip: { type: 'string' } } },
        work: { type: 'number' },
      },
    });
  });

  it('lets what stands beside a reference win', () => {
    const schema = {
      anyOf: [{ $ref: '#/$defs/a', description: 'here' }],
      $defs: { a: { type: 'string', description: 'there' } },
    };
    expect(inlineReferences(schema)).toEqual({ anyOf: [{ type: 'string', description: 'here' }] });
  });

  it('leaves values and names that only look like references alone', () => {
    const schema = {
      properties: { $ref: { type: 'string' }, enum: { $ref: '#/$defs/a' } },
      const: { $ref: '#/$defs/a' },
      items: { $ref: 'https://example.com/schema' },
      $defs: { a: { type: 'null' } },
    };
    expect(inlineReferences(schema)).toEqual({
      properties: { $ref: { type: 'string' }, enum: { type: 'null' } },
      const: { $ref: '#/$defs/a' },
      items: { $ref: 'https://example.com/schema' },
    });
  });

  it('writes a recursive definition out three times and then outlines it', () => {
    const text = JSON.stringify(inlineReferences(TREE));
    expect(text.match(/"child"/g)).toHaveLength(3);
    expect(text).toContain('"child":{"type":"object","description":"a node"}}');
    expect(text).not.toContain('$ref');
  });

  it('ends on definitions that multiply', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 30 }, (_, level) => [
        `level${level}`,
        { anyOf: [{ $ref: `#/$defs/level${level + 1}` }, { $ref: `#/$defs/level${level + 1}` }] },
      ]),
    );
    const schema = {
      $ref: '#/$defs/level0',
      $defs: { ...definitions, level30: { type: 'string' } },
    };
    expect(JSON.stringify(inlineReferences(schema)).length).toBeLessThan(1_000_000);
  });
});

describe('isRecursive', () => {
  it.each([
    ['a definition that holds itself', TREE, true],
    ['the root within itself', { properties: { again: { $ref: '#' } } }, true],
    [
      'two that hold each other',
      {
        $ref: '#/$defs/a',
        $defs: { a: { items: { $ref: '#/$defs/b' } }, b: { items: { $ref: '#/$defs/a' } } },
      },
      true,
    ],
    [
      'one definition used twice',
      {
        properties: { a: { $ref: '#/$defs/x' }, b: { $ref: '#/$defs/x' } },
        $defs: { x: { type: 'string' } },
      },
      false,
    ],
    [
      'a recursive definition that nothing uses',
      {
        type: 'string',
        $defs: { x: { items: { $ref: '#/$defs/x' } } },
      },
      false,
    ],
  ])('%s', (_name, schema, expected) => {
    expect(isRecursive(schema)).toBe(expected);
  });
});
