import { isJson, parse, type Json } from '../json.js';

/** Total length, length of the headers, and their checksum; then headers, payload and a checksum. Bytes. */
const PRELUDE = 12;
const CHECKSUM = 4;
const TEXT_HEADER = 7;

/**
 * The messages of an AWS event stream, each as an object with the name of its event, or of its exception, as the one
 * field. Checksums are not looked at; recordings were checked when they were made.
 */
export function readEventStream(bytes: Buffer): Json[] {
  const messages: Json[] = [];
  for (let at = 0; at + PRELUDE < bytes.length; at += bytes.readUInt32BE(at)) {
    const headersEnd = at + PRELUDE + bytes.readUInt32BE(at + 4);
    const headers = readHeaders(bytes.subarray(at + PRELUDE, headersEnd));
    const payload = bytes.subarray(headersEnd, at + bytes.readUInt32BE(at) - CHECKSUM);
    const parsed = parse(payload.toString('utf8'));
    const name = headers[':event-type'] ?? headers[':exception-type'] ?? 'unknown';
    messages.push({ [name]: isJson(parsed) ? parsed : {} });
  }
  return messages;
}

/** Headers that are texts; the others of the format are not used in these streams. */
function readHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = 0;
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const name = take(take(1).readUInt8()).toString('utf8');
    if (take(1).readUInt8() !== TEXT_HEADER) throw new Error(`header ${name} is no text`);
    headers[name] = take(take(2).readUInt16BE()).toString('utf8');
  }
  return headers;
}

/** The same as SSE text, the form in which streams are read here. */
export function asServerSentEvents(messages: readonly Json[]): string {
  return messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('');
}
