import { describe, expect, it } from '@jest/globals';
import { healingOf, MAX_ANSWER, reportOf } from './healing.js';

type Format = NonNullable<Parameters<typeof healingOf>[0]['response_format']>;

const OBJECT: Format = { type: 'json_object' };
const plugins = ['response-healing'];

function request(response_format?: Format, fields: object = { plugins }) {
  return { model: 'm', messages: [], response_format, ...fields };
}

function schema(schema: Record<string, unknown>): Format {
  return { type: 'json_schema', json_schema: { name: 's', schema } };
}

function heal(text: string, format = OBJECT, finish: 'stop' | 'length' = 'stop') {
  return healingOf(request(format))?.(text, finish);
}

describe('healingOf', () => {
  it.each([
    ['no plugins', request(OBJECT, {})],
    ['an empty list', request(OBJECT, { plugins: [] })],
    ['a plugin that is off', request(OBJECT, { plugins: [{ id: plugins[0], enabled: false }] })],
    ['no format', request()],
    ['text', request({ type: 'text' })],
  ])('is nothing with %s', (_what, asked) => expect(healingOf(asked)).toBeUndefined());

  it('takes the plugin by name and by id', () => {
    expect(healingOf(request(OBJECT))).toBeDefined();
    expect(healingOf(request(OBJECT, { plugins: [{ id: plugins[0] }] }))).toBeDefined();
  });
});

describe('healing', () => {
  it.each([
    ['\uFEFF{"a":1}', '{"a":1}', ['byte_order_mark']],
    ['<think>{"b":2}?</think>{"a":1}', '{"a":1}', ['think_tags']],
    ['```json\n{"a":1}\n```', '{"a":1}', ['code_fence']],
    ['See [1]: {"a":1}.', '{"a":1}', ['surrounding_text']],
    ['{"a":1}\n{"a":2}', '{"a":1}', ['several_values']],
    ['{"a":1 /* one */}', '{"a":1 }', ['comments']],
    ["{'a':1}", '{"a":1}', ['quotes']],
    ['{"a":1,}', '{"a":1}', ['trailing_commas']],
    ['{"a":{"b":"x', '{"a":{"b":"x"}}', ['truncation']],
    ['{"a":1 "b":2}', '{"a":1, "b":2}', ['syntax']],
    ['```\n{a:1,}', '{"a":1}', ['code_fence', 'trailing_commas', 'quotes']],
  ])('%j becomes %j', (text, healed, steps) => {
    expect(heal(text)).toMatchObject({ text: healed, healed: true, valid: true });
    expect(new Set(heal(text)?.steps)).toEqual(new Set(steps));
  });

  it.each(['', 'I cannot.', 'use {braces}', '[1, 2,]', '{', '{"a"', '"text'])(
    'of %j nothing is made up',
    (text) => expect(heal(text)).toEqual({ text, healed: false, steps: [], valid: false }),
  );

  it('of an answer that was cut keeps no half number and no key without a value', () => {
    expect(heal('{"a":1,"b":12', OBJECT, 'length')?.text).toBe('{"a":1}');
    expect(heal('{"a":1,"b":12')?.text).toBe('{"a":1,"b":12}');
    expect(heal('{"a":1,"b":')?.text).toBe('{"a":1}');
    expect(heal("{'a':1,'b':12", OBJECT, 'length')?.text).toBe('{"a":1}');
  });

  it('keeps JSON that is not as the schema says, and says so', () => {
    const format = schema({ type: 'object', required: ['a'] });
    expect(heal('{"b":1}', format)).toMatchObject({ text: '{"b":1}', healed: false, valid: false });
    expect(heal('{"b":1,}', format)).toMatchObject({ text: '{"b":1,}', healed: false });
    expect(heal('{"a":1,}', format)).toMatchObject({ text: '{"a":1}', healed: true, valid: true });
  });

  it('takes the first value that is as the schema says', () => {
    const format = schema({ type: 'object', required: ['a'] });
    expect(heal('{"b":1} {"a":2} {"a":3}', format)?.text).toBe('{"a":2}');
  });

  it.each([
    ['a reference to elsewhere', { $ref: 'https://example.com/s.json' }],
    ['a reference to itself', { $ref: '#' }],
    ['a keyword of the wrong type', { type: 5 }],
    ['promises', { $async: true, type: 'object' }],
    ['more than 256 KiB', { description: 'x'.repeat(300_000) }],
  ])('does not check against a schema with %s', (_what, hostile) => {
    expect(heal('{"a":1,}', schema(hostile))).toMatchObject({ text: '{"a":1}', valid: null });
  });

  it('stops a regular expression that does not end', () => {
    const format = schema({ properties: { a: { pattern: '^(x+)+$' } } });
    const text = JSON.stringify({ a: `${'x'.repeat(60)}!` });
    const healing = healingOf(request(format));
    const startedAt = performance.now();
    const outcomes = Array.from({ length: 128 }, () => healing?.(text, 'stop'));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(outcomes).toEqual(Array(128).fill({ text, healed: false, steps: [], valid: null }));
  });

  it('passes an answer beyond its bound', () => {
    const text = `{"a":"${'x'.repeat(MAX_ANSWER)}",}`;
    expect(heal(text)).toEqual({ text, healed: false, steps: [], valid: null });
  });

  it('is not slow with hostile text', () => {
    const deep = '[{"a":'.repeat(50_000);
    for (const text of [deep, '{"'.repeat(100_000), "{'".repeat(100_000), '['.repeat(300_000)]) {
      expect(heal(text)).toMatchObject({ healed: false });
    }
  });
});

describe('reportOf', () => {
  const good = { healed: false, steps: [], valid: true };
  const bad = { healed: true, steps: ['quotes'], valid: false } as const;

  it('tells each choice where they are several', () => {
    expect(reportOf([good])).toEqual(good);
    expect(reportOf([good, bad])).toEqual({ ...bad, choices: [good, bad] });
  });
});
