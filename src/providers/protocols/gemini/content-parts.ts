import type { ChatMessage } from '../../../core/chat.js';
import { invalidParameter } from '../../../core/errors.js';
import { objectOf, stringOf, type JsonObject } from '../json.js';
import { inlineData, isAddress, isDataUrl, mediaPart, mimeTypeOf } from './media-in.js';

type PartReader = (part: JsonObject, param: string) => JsonObject;

const IMAGE = 'image/jpeg';
const VIDEO = 'video/mp4';
const DOCUMENT = 'application/pdf';
/** Names of files in Gemini's own Files API, and what goes before them in an address. */
const FILES_API_ROOT = 'https://generativelanguage.googleapis.com/v1beta/';
const FILES_API = /^files\/[a-z0-9-]+$/;

const READERS: ReadonlyMap<string, PartReader> = new Map([
  ['text', (part) => ({ text: stringOf(part['text']) ?? '' })],
  ['refusal', (part) => ({ text: stringOf(part['refusal']) ?? '' })],
  ['image_url', (part, param) => urlPart(part, 'image_url', IMAGE, param)],
  ['video_url', (part, param) => urlPart(part, 'video_url', VIDEO, param)],
  ['input_audio', audioPart],
  ['file', filePart],
]);

/**
 * The content of a message as parts of Gemini's.
 * @param param path of the content, for the error
 * @throws GatewayError invalid_parameter naming the part that Gemini cannot take
 */
export function contentParts(content: ChatMessage['content'], param: string): JsonObject[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ text: content }];
  return content.map((part, position) => {
    const path = `${param}[${position}]`;
    const reader = READERS.get(part.type);
    if (reader === undefined)
      throw invalidParameter(`${path}.type`, 'This kind of content is not known.');
    return reader(part, path);
  });
}

/** Only the text of a message's content, one piece. */
export function contentText(content: ChatMessage['content'], separator: string): string {
  if (content === undefined || content === null) return '';
  if (typeof content === 'string') return content;
  const texts = content.map((part) => stringOf(part['text'] ?? part['refusal']));
  return texts.filter((text) => text !== undefined).join(separator);
}

function urlPart(part: JsonObject, field: string, fallback: string, param: string): JsonObject {
  const given = part[field];
  const url = stringOf(given) ?? stringOf(objectOf(given)['url']) ?? '';
  return mediaPart(url, fallback, `${param}.${field}.url`);
}

/** Media types of audio formats that are not simply `audio/<format>`. */
const AUDIO_TYPES: ReadonlyMap<string, string> = new Map([['pcm16', 'audio/L16;rate=24000']]);

function audioPart(part: JsonObject, param: string): JsonObject {
  const { data, format } = objectOf(part['input_audio']);
  if (typeof data !== 'string' || data === '') {
    throw invalidParameter(`${param}.input_audio.data`, 'The audio has no data.');
  }
  if (isDataUrl(data)) return mediaPart(data, 'audio/wav', `${param}.input_audio.data`);
  const name = stringOf(format) ?? 'wav';
  return inlineData(AUDIO_TYPES.get(name) ?? `audio/${name}`, data);
}

/** A file by its data (data URL, address or plain base64), or by the name that it has in Gemini's Files API. */
function filePart(part: JsonObject, param: string): JsonObject {
  const { file_data: data, file_id: id, filename } = objectOf(part['file']);
  const byName = mimeTypeOf(stringOf(filename) ?? '') ?? DOCUMENT;
  if (typeof data === 'string' && data !== '') {
    const isUrl = isDataUrl(data) || isAddress(data);
    return isUrl ? mediaPart(data, byName, `${param}.file.file_data`) : inlineData(byName, data);
  }
  if (typeof id === 'string' && isAddress(id))
    return mediaPart(id, byName, `${param}.file.file_id`);
  if (typeof id === 'string' && FILES_API.test(id)) {
    return { fileData: { fileUri: `${FILES_API_ROOT}${id}` } };
  }
  throw invalidParameter(
    `${param}.file`,
    'Neither data nor the address of a file that Gemini can read.',
  );
}
