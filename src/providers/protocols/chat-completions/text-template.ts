import type { ChatChunk } from '../../../core/chat.js';

/**
 * The form of a chunk that carries text and nothing else: what stands before and after the text in the provider's
 * JSON, and in ours. A later event of the same form needs no parsing.
 */
export interface TextTemplate {
  readonly before: string;
  readonly after: string;
  readonly fieldsBefore: string;
  readonly fieldsAfter: string;
}

/** A text chunk in our form, as the JSON of its fields without the braces around them. */
export interface TextFields {
  readonly fields: string;
  /** Length of the text in UTF-16 code units. */
  readonly characters: number;
}

/** Text in which nothing is escaped and nothing would have to be. */
const PLAIN = /^[^"\\\u0000-\u001f\ud800-\udfff]*$/;

/**
 * The template of a chunk that was read the long way, or undefined if it carries more than text. `data` is the event
 * as the provider sent it, `chunk` what was made of it.
 */
export function learnTemplate(data: string, chunk: ChatChunk): TextTemplate | undefined {
  const [choice, ...others] = chunk.choices;
  if (!choice || others.length > 0 || choice.finish_reason !== null || choice.logprobs) return;
  const { content, ...rest } = choice.delta;
  if (typeof content !== 'string' || content === '' || !PLAIN.test(content)) return;
  if (Object.values(rest).some((value) => value !== undefined)) return;
  const theirs = splitAtText(data, content);
  const ours = splitAtText(JSON.stringify(chunk).slice(1, -1), content);
  if (!theirs || !ours) return;
  const [before, after] = theirs;
  const [fieldsBefore, fieldsAfter] = ours;
  return { before, after, fieldsBefore, fieldsAfter };
}

/** The text around `"content":"…"`, if it stands there exactly once. */
function splitAtText(json: string, content: string): readonly [string, string] | undefined {
  const key = '"content":';
  const found = json.indexOf(key);
  if (found < 0 || json.lastIndexOf(key) !== found) return undefined;
  const start = json.indexOf('"', found + key.length) + 1;
  const gap = json.slice(found + key.length, start - 1);
  if (gap.trim() !== '' || !json.startsWith(`${content}"`, start)) return undefined;
  return [json.slice(0, start), json.slice(start + content.length)];
}

/** The fields of a chunk of this form, or undefined if the event differs in more than its text. */
export function matchTemplate(template: TextTemplate, data: string): TextFields | undefined {
  const { before, after, fieldsBefore, fieldsAfter } = template;
  const characters = data.length - before.length - after.length;
  if (characters <= 0 || !data.startsWith(before) || !data.endsWith(after)) return undefined;
  const text = data.slice(before.length, before.length + characters);
  if (!PLAIN.test(text)) return undefined;
  return { fields: fieldsBefore + text + fieldsAfter, characters };
}
