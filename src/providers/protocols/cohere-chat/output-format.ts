import type { ResponseFormat } from '../../../core/chat.js';
import { isObject, objectOf, type JsonObject } from '../json.js';

/** `response_format`: JSON, as the schema says where there is one. Source: docs.cohere.com/docs/structured-outputs. */
export function nativeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  const schema = format.type === 'json_schema' ? objectOf(format.json_schema)['schema'] : undefined;
  return { type: 'json_object', ...(isObject(schema) ? { json_schema: schema } : {}) };
}
