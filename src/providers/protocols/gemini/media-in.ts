import { invalidParameter } from '../../../core/errors.js';
import type { JsonObject } from '../json.js';

/** A data URL: media type and parameters, `;base64` or not, data. Source: RFC 2397. */
const DATA_URL = /^data:([^,]*?)(;base64)?,(.*)$/is;
/** Addresses whose media type Gemini knows by itself. */
const KNOWN_TO_GEMINI =
  /^(?:https?:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\/|https:\/\/generativelanguage\.googleapis\.com\/)/i;
const ADDRESS = /^(?:https?|gs):\/\//i;

const MIME_TYPES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['xml', 'text/xml'],
  ['json', 'application/json'],
  ['mp3', 'audio/mp3'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['ogg', 'audio/ogg'],
  ['aac', 'audio/aac'],
  ['aiff', 'audio/aiff'],
  ['m4a', 'audio/mp4'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['mpeg', 'video/mpeg'],
  ['webm', 'video/webm'],
]);

/** The media type of a file by the extension of its name or address; undefined if it tells none. */
export function mimeTypeOf(name: string): string | undefined {
  const [path = ''] = name.split(/[?#]/);
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1];
  return extension === undefined ? undefined : MIME_TYPES.get(extension.toLowerCase());
}

export function isDataUrl(url: string): boolean {
  return /^data:/i.test(url);
}

export function isAddress(url: string): boolean {
  return ADDRESS.test(url);
}

export function inlineData(mimeType: string, data: string): JsonObject {
  return { inlineData: { mimeType, data } };
}

/**
 * A data URL as inlineData, an address as fileData.
 * @param fallback the media type where neither the URL nor its extension tells one
 * @param param path of the field, for the error
 * @throws GatewayError invalid_parameter if it is neither
 */
export function mediaPart(url: string, fallback: string, param: string): JsonObject {
  const [, type = '', base64, data = ''] = DATA_URL.exec(url) ?? [];
  if (isDataUrl(url) && data !== '') {
    // Of the parameters only the charset says nothing to Gemini: the rate of samples does.
    const mimeType = type.replace(/;charset=[^;]*/i, '');
    const bytes = base64 === undefined ? percentDecoded(data, param) : data;
    return inlineData(mimeType === '' ? fallback : mimeType, bytes);
  }
  if (!isAddress(url)) {
    throw invalidParameter(param, 'Not a data URL with content, nor an http, https or gs address.');
  }
  const mimeType = mimeTypeOf(url) ?? (KNOWN_TO_GEMINI.test(url) ? undefined : fallback);
  return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: url } };
}

function percentDecoded(data: string, param: string): string {
  try {
    return Buffer.from(decodeURIComponent(data), 'utf8').toString('base64');
  } catch {
    throw invalidParameter(param, 'The data URL is not properly encoded.');
  }
}
