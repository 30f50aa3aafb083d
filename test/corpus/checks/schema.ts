import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json } from '../json.js';
import { short } from './content.js';

/** OpenAI's own schemas of what the gateway sends. */
export interface OpenAiSchemas {
  readonly completion: ValidateFunction;
  readonly chunk: ValidateFunction;
  readonly error: ValidateFunction;
}

/**
 * Compiles the schemas that lie in a folder.
 *
 * @returns undefined where the folder is not there
 */
export function loadSchemas(folder: string): OpenAiSchemas | undefined {
  if (!existsSync(folder)) return undefined;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  const compile = (name: string): ValidateFunction =>
    ajv.compile(
      JSON.parse(readFileSync(path.join(folder, `openai.${name}.schema.json`), 'utf8')) as Json,
    );
  return {
    completion: compile('chat.completion'),
    chunk: compile('chat.completion.chunk'),
    error: compile('error.response'),
  };
}

/** The first way in which a value is not what the schema says. The gateway's own `metadata` is not OpenAI's. */
export function schemaDifferences(validate: ValidateFunction, value: Json, what: string): string[] {
  const { metadata: _metadata, ...rest } = value;
  if (validate(rest)) return [];
  const [first] = validate.errors ?? [];
  return [
    `${what} is not valid: ${first?.instancePath || '/'} ${first?.message ?? ''} ${short(first?.params)}`,
  ];
}
