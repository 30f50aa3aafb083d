import { bytesOf, playbackOf } from '../playback.js';
import type { RecordedCase } from '../recorded-case.js';
import { isJson, parse } from '../json.js';
import { readChat } from './chat.js';
import { readCohere } from './cohere.js';
import { readConverse } from './converse.js';
import { asServerSentEvents, readEventStream } from './event-stream.js';
import { failureOf, payloadsOf } from './failure.js';
import { readGenerateContent } from './generate-content.js';
import { readMessages } from './messages.js';
import type { Reading } from './reading.js';
import { readResponses } from './responses.js';
import { readEvents } from './server-sent-events.js';

/**
 * What a recording says, read from its bytes without any code of the gateway.
 *
 * @throws Error for a dialect that is not read here
 */
export function readRecording(recorded: RecordedCase): Reading {
  const { status } = playbackOf(recorded, 'recorded');
  const body = textOf(recorded);
  if (status >= 400) return { choices: [], usage: undefined, error: failureOf(status, body) };
  return readBody(recorded.api, body);
}

/** The body as text; a binary stream as the SSE that says the same. */
export function textOf(recorded: RecordedCase): string {
  const bytes = bytesOf(recorded);
  return recorded.format === 'eventstream'
    ? asServerSentEvents(readEventStream(bytes))
    : bytes.toString('utf8');
}

/** What the body of a 200 answer says. A single JSON document is an answer, everything else a stream. */
export function readBody(api: string, body: string): Reading {
  const document = parse(body);
  const stream = !isJson(document);
  const sources = readEvents(body).map((event) => event.data);
  const payloads = stream ? payloadsOf(sources) : [document];
  switch (api) {
    case 'chat':
      return readChat(payloads, stream, sources.includes('[DONE]'));
    case 'messages':
      return readMessages(payloads, stream);
    case 'chat_v2':
      return readCohere(payloads, stream);
    case 'converse':
      return readConverse(payloads, stream);
    case 'responses':
      return readResponses(payloads, stream);
    case 'generateContent':
      return readGenerateContent(payloads);
    default:
      throw new Error(`answers of ${api} are not read here`);
  }
}
