import type { ReasoningDetail } from '../../../core/chat.js';
import type { JsonObject } from '../json.js';

/**
 * The format of reasoning details that stand for parts of a Gemini answer. Sent back with the message they rebuild
 * the parts as they were; what they say beside `type`, `format` and `index`:
 *
 * | part | detail |
 * |---|---|
 * | thought | `reasoning.text`: `text`, `signature` if signed |
 * | signed text | `reasoning.encrypted`: `data` is the signature of content[start_index, end_index) |
 * | signed image | `reasoning.encrypted`: `data` is the signature of images[image_index] |
 * | run of a built-in tool, drawn thought | `reasoning.encrypted`: `part` is the part, `data` its signature if signed |
 *
 * `start_index` is the length of the content before the part, left out when 0. Signatures of function calls are not
 * here but in `tool_calls[].extra_content.google.thought_signature`.
 */
export const GEMINI_FORMAT = 'google-gemini-v1';

/** Where a detail stands: its number in the message, and the length of the content before it. */
export interface Place {
  readonly index: number;
  readonly contentLength: number;
}

function startOf(place: Place): { start_index?: number } {
  return place.contentLength === 0 ? {} : { start_index: place.contentLength };
}

/** A thought or a piece of one: unsigned pieces with one index are one thought. */
export function thoughtDetail(
  place: Place,
  text: string,
  signature: string | undefined,
): ReasoningDetail {
  return {
    type: 'reasoning.text',
    text,
    ...(signature === undefined ? {} : { signature }),
    format: GEMINI_FORMAT,
    index: place.index,
    ...startOf(place),
  };
}

/** The signature of a part of text of the given length. */
export function textSignature(place: Place, length: number, signature: string): ReasoningDetail {
  return {
    type: 'reasoning.encrypted',
    data: signature,
    format: GEMINI_FORMAT,
    index: place.index,
    ...startOf(place),
    end_index: place.contentLength + length,
  };
}

/** The signature of an image of the message. */
export function imageSignature(
  place: Place,
  imageIndex: number,
  signature: string,
): ReasoningDetail {
  return {
    type: 'reasoning.encrypted',
    data: signature,
    format: GEMINI_FORMAT,
    index: place.index,
    ...startOf(place),
    image_index: imageIndex,
  };
}

/** A part that has no place in OpenAI's message, whole. */
export function partDetail(
  place: Place,
  part: JsonObject,
  signature: string | undefined,
): ReasoningDetail {
  return {
    type: 'reasoning.encrypted',
    ...(signature === undefined ? {} : { data: signature }),
    format: GEMINI_FORMAT,
    index: place.index,
    ...startOf(place),
    part,
  };
}
