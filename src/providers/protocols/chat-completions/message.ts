import { ownEntry } from '../../../core/own-entry.js';
import { isObject, listOf, objectOf, stringOf, type JsonObject } from '../json.js';

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

/** What the kinds of parts add; a kind that nobody knows adds the text that it has. */
interface Parts {
  text: string;
  reasoning: string;
  refusal: string;
  readonly images: unknown[];
}

const ADD: Readonly<Record<string, (parts: Parts, part: JsonObject) => void>> = {
  thinking: (parts, { thinking }) => (parts.reasoning += thinkingText(thinking)),
  // Databricks' form of it.
  reasoning: (parts, { summary }) => (parts.reasoning += thinkingText(summary)),
  refusal: (parts, { refusal }) => (parts.refusal += stringOf(refusal) ?? ''),
  image_url: (parts, part) => parts.images.push(part),
};

/** Content as typed parts: text is joined, thinking becomes reasoning, images stand beside. */
function splitContent(fields: JsonObject, content: readonly unknown[]): void {
  const parts: Parts = { text: '', reasoning: '', refusal: '', images: [] };
  for (const entry of content) {
    const part = objectOf(entry);
    const add = ownEntry(ADD, part['type']);
    if (add) add(parts, part);
    else parts.text += stringOf(entry) ?? stringOf(part['text']) ?? '';
  }
  fields['content'] = parts.text;
  append(fields, 'reasoning', parts.reasoning);
  append(fields, 'refusal', parts.refusal);
  if (parts.images.length > 0) {
    fields['images'] = [...listOf(fields['images']), ...parts.images];
  }
}

function append(fields: JsonObject, name: string, text: string): void {
  if (text !== '') fields[name] = `${stringOf(fields[name]) ?? ''}${text}`;
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
