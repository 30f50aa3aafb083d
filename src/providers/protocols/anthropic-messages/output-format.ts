import type { ResponseFormat } from '../../../core/chat.js';
import type { Target } from '../../../core/target.js';
import { isObject, objectOf, type JsonObject } from '../json.js';
import type { Block } from './content.js';
import { isExpressible, toKnownSchema } from './schema.js';

const JSON_ONLY =
  'Answer with a single valid JSON object and nothing else: no text before or after it and no Markdown code fence.';

/** Whether the target can hold an answer to this format. */
export function isSupportedFormat(format: ResponseFormat | undefined, target: Target): boolean {
  if (format?.type !== 'json_schema') return true;
  const { schema } = objectOf(format.json_schema);
  return target.offer.capabilities.jsonSchema === true && isObject(schema) && isExpressible(schema);
}

/** `output_config.format` for a JSON schema; the API knows no other format. */
export function nativeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format?.type !== 'json_schema') return undefined;
  const { schema, description } = objectOf(format.json_schema);
  if (!isObject(schema)) return undefined;
  const described = typeof description === 'string' ? { description, ...schema } : schema;
  return { type: 'json_schema', schema: toKnownSchema(described) };
}

/** JSON without a schema can only be asked for in words. */
export function formatInstruction(format: ResponseFormat | undefined): Block[] {
  return format?.type === 'json_object' ? [{ type: 'text', text: JSON_ONLY }] : [];
}
