import { eventMessage, messageBytes } from '../support/aws-event-stream.js';
import type { PlayedAnswer } from '../support/replay-server.js';
import { count, isJson, object, objects, parse, text } from './json.js';
import type { RecordedCase } from './recorded-case.js';
import { cutAtRandom } from './random-cuts.js';
import { readEvents } from './reading/server-sent-events.js';

/** How the bytes of an answer reach the gateway: at once, or cut at random positions. */
export type ByteMode = 'recorded' | 'split';

/** Headers that describe a connection or an encoding that is not replayed. */
const NOT_REPLAYED = new Set([
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'connection',
  'keep-alive',
]);

/** The answer of a recording, ready to be played. Payloads that lost their framing get their dialect's again. */
export function playbackOf(recorded: RecordedCase, mode: ByteMode): PlayedAnswer {
  const headers = Object.entries(recorded.headers).filter(([name]) => !NOT_REPLAYED.has(name));
  return {
    status: recorded.status ?? statusInBody(recorded),
    headers: { 'content-type': contentType(recorded), ...Object.fromEntries(headers) },
    pieces: piecesOf(bytesOf(recorded), mode, recorded.name),
  };
}

export type SynthesisedFormat = 'json' | 'sse' | 'eventstream';

const CONTENT_TYPES: Readonly<Record<SynthesisedFormat, string>> = {
  json: 'application/json',
  sse: 'text/event-stream',
  eventstream: 'application/vnd.amazon.eventstream',
};

/** A synthesised answer, with the headers of its format. A binary stream is given as the SSE that says the same. */
export function playbackOfText(body: string, format: SynthesisedFormat): PlayedAnswer {
  const bytes = format === 'eventstream' ? eventStreamBytes(body) : Buffer.from(body);
  return { status: 200, headers: { 'content-type': CONTENT_TYPES[format] }, pieces: [bytes] };
}

function eventStreamBytes(body: string): Buffer {
  const messages = readEvents(body).flatMap(({ data }) => Object.entries(object(parse(data))));
  return Buffer.concat(
    messages.map(([type, payload]) => messageBytes(eventMessage(type, payload))),
  );
}

/** The bytes that the provider sent, framed. */
export function bytesOf(recorded: RecordedCase): Buffer {
  return recorded.format === 'chunks' ? Buffer.from(framed(recorded)) : recorded.response;
}

function piecesOf(bytes: Buffer, mode: ByteMode, seed: string): Uint8Array[] {
  return mode === 'split' ? cutAtRandom(bytes, seed) : [bytes];
}

/** Where no status was recorded the error body tells it, as Google's do. */
function statusInBody(recorded: RecordedCase): number {
  const told = count(object(object(parse(recorded.response.toString('utf8')))['error'])['code']);
  return told >= 400 && told < 600 ? told : 200;
}

function contentType(recorded: RecordedCase): string {
  if (recorded.format === 'eventstream') return CONTENT_TYPES.eventstream;
  const isDocument = isJson(parse(recorded.response.toString('utf8')));
  return recorded.format === 'json' || (recorded.format === 'sse' && isDocument)
    ? 'application/json'
    : 'text/event-stream';
}

function framed(recorded: RecordedCase): string {
  const payloads = recorded.response
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const frames = payloads.map((payload) => frameOf(recorded.api, payload));
  if (recorded.api === 'chat' && !payloads.includes('[DONE]') && payloads.some(finishes))
    frames.push('data: [DONE]\n\n');
  return frames.join('');
}

function frameOf(api: string, payload: string): string {
  const event = api === 'messages' ? `event: ${text(object(parse(payload))['type'])}\n` : '';
  return `${event}data: ${payload}\n\n`;
}

function finishes(payload: string): boolean {
  return objects(object(parse(payload))['choices']).some(
    (choice) => typeof choice['finish_reason'] === 'string',
  );
}
