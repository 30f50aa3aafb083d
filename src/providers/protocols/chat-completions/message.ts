import { isObject, objectOf, stringOf, type JsonObject } from '../json.js';

/**
 * Brings the fields of a message or a delta into OpenAI's form, in place: reasoning under one name, content as a
 * string, images as data URLs, arguments as text.
 */
export function canonicalizeFields(fields: JsonObject): void {
  if (typeof fields['reasoning_content'] === 'string') {
    fields['reasoning'] ??= fields['reasoning_content'];
  }
  if (fields['reasoning_content'] !== undefined) fields['reasoning_content'] = undefined;
  if (fields['reasoning'] === null) fields['reasoning'] = undefined;
  if (fields['annotations'] === null) fields['annotations'] = undefined;
  // Some speakers write every field that there could be; a call without a name is none.
  if (fields['function_call'] !== undefined && !objectOf(fields['function_call'])['name'])
    fields['function_call'] = undefined;
  if (Array.isArray(fields['content'])) splitContent(fields, fields['content']);
  if (Array.isArray(fields['images'])) fields['images'] = fields['images'].map(imageUrl);
}

/** Content as typed parts: text is joined, thinking becomes reasoning. */
function splitContent(fields: JsonObject, parts: readonly unknown[]): void {
  let text = '';
  let reasoning = '';
  for (const part of parts) {
    const { type, text: partText, thinking, summary } = objectOf(part);
    if (type === 'text') text += stringOf(partText) ?? '';
    else if (type === 'thinking') reasoning += thinkingText(thinking);
    // Databricks' form of it.
    else if (type === 'reasoning') reasoning += thinkingText(summary);
  }
  fields['content'] = text;
  if (reasoning !== '') fields['reasoning'] = `${stringOf(fields['reasoning']) ?? ''}${reasoning}`;
}

function thinkingText(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  if (!Array.isArray(thinking)) return '';
  return thinking.map((part) => stringOf(objectOf(part)['text']) ?? '').join('');
}

function imageUrl(image: unknown): unknown {
  return isObject(image) ? (stringOf(objectOf(image['image_url'])['url']) ?? image) : image;
}

/** The arguments of a complete call that has none. */
export const NO_ARGUMENTS = '{}';

/** Arguments of a call as the text that OpenAI sends. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
