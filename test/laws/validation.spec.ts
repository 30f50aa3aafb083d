import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import fc from 'fast-check';
import { ChatRequestDto } from '../../src/completions/chat/chat-request.dto.js';
import { compileValidator } from '../../src/platform/validation/compiled-validator.js';

type Fields = Record<string, unknown>;

const compiled = compileValidator(ChatRequestDto);

/** The paths that class-validator itself complains of. */
function pathsOf(errors: readonly ValidationError[], prefix = ''): string[] {
  return errors.flatMap((error) => {
    const path = /^\d+$/.test(error.property)
      ? `${prefix}[${error.property}]`
      : prefix === ''
        ? error.property
        : `${prefix}.${error.property}`;
    return [...(error.constraints ? [path] : []), ...pathsOf(error.children ?? [], path)];
  });
}

const pathsByLibrary = (body: Fields): string[] =>
  pathsOf(
    validateSync(plainToInstance(ChatRequestDto, structuredClone(body)), {
      skipMissingProperties: false,
    }),
  );

/** Any of these values, mostly right ones. */
const mostly = (...right: unknown[]) =>
  fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...right) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(null, 0, -1, 1.5, 1e300, '', 'x', true, 'y'.repeat(300), ['a', 5]),
    },
  );
const record = (model: Record<string, fc.Arbitrary<unknown>>, required: string[] = []) =>
  fc.record(model, { requiredKeys: required });

const part = fc.constantFrom<Fields>(
  ...Array<Fields>(20).fill({ type: 'text', text: 'a' }),
  { type: 'text' },
  { type: 'image_url', image_url: { url: 'u' } },
  { type: 'image_url', image_url: 'u' },
  { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
  { type: 'file', file: {} },
  { type: 'constructor' },
);
const functionCall = record({ name: mostly('f'), arguments: mostly('{}') }, ['name', 'arguments']);
const toolCall = record({ id: mostly('a'), type: mostly('function'), function: functionCall }, [
  'id',
  'type',
  'function',
]);
const message = record(
  {
    role: mostly('user', 'assistant', 'tool', 'system'),
    content: fc.oneof(mostly('Hello'), fc.array(part, { maxLength: 2 })),
    name: mostly('n'),
    tool_calls: fc.array(toolCall, { maxLength: 2 }),
    tool_call_id: mostly('a'),
    reasoning_details: mostly([{}], [], [{ type: 'x' }]),
  },
  ['role'],
);
const tool = record(
  {
    type: mostly('function', 'web_search'),
    function: record({ name: mostly('f'), parameters: mostly({}), strict: mostly(true) }, ['name']),
  },
  ['type'],
);
const body = record(
  {
    model: mostly('m'),
    messages: fc.array(message, { maxLength: 3 }),
    stream: mostly(true, false),
    stream_options: record({ include_usage: mostly(true) }),
    temperature: mostly(0, 1, 2),
    top_p: mostly(0, 0.5, 1),
    n: mostly(1, 128),
    seed: mostly(0, -5, Number.MAX_SAFE_INTEGER),
    max_tokens: mostly(1, 5),
    stop: mostly('a', ['a', 'b'], []),
    logit_bias: mostly({}, { '1': 100 }),
    tools: fc.array(tool, { maxLength: 2 }),
    tool_choice: mostly('auto', {}),
    response_format: record(
      {
        type: mostly('text', 'json_schema'),
        json_schema: record({ name: mostly('n') }, ['name']),
      },
      ['type'],
    ),
    reasoning_effort: mostly('low', 'xhigh'),
    reasoning: record({ effort: mostly('low'), max_tokens: mostly(1) }),
    modalities: mostly(['text'], []),
    metadata: mostly({}, { a: 'b' }),
    unknown: mostly(1),
  },
  ['model', 'messages'],
);

describe('the law of the compiled validator', () => {
  it('complains of exactly what class-validator complains of, and of the first of it', () => {
    let valid = 0;
    fc.assert(
      fc.property(body, (given) => {
        const violation = compiled(given);
        const paths = pathsByLibrary(given);
        if (paths.length === 0) valid++;
        expect(violation === undefined).toBe(paths.length === 0);
        // Of a list whose entries are wrong the library names the list, we name the entry.
        if (violation)
          expect(paths).toContain(
            violation.path.replace(/^(modalities|.*reasoning_details)\[\d+\]$/, '$1'),
          );
      }),
      { numRuns: 800 },
    );
    expect(valid).toBeGreaterThan(50);
  });

  it('takes any JSON object without throwing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...['model', 'messages', 'tools', 'stop', 'reasoning', 'x']),
          fc.jsonValue(),
        ),
        (given) => {
          const violation = compiled(given);
          if (pathsByLibrary(given).length > 0) expect(violation).toBeDefined();
        },
      ),
      { numRuns: 500 },
    );
  });
});
