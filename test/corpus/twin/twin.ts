import { isDeepStrictEqual } from 'node:util';
import { isJson, object, parse, type Json } from '../json.js';
import { payloadsOf } from '../reading/failure.js';
import { readBody, textOf } from '../reading/index.js';
import { readEvents } from '../reading/server-sent-events.js';
import type { RecordedCase } from '../recorded-case.js';
import { chatStream, chatBody } from './chat.js';
import { cohereAnswer, cohereStream } from './cohere.js';
import { converseAnswer, converseStream } from './converse.js';
import { generateContentBody, generateContentStream } from './generate-content.js';
import { messagesBody, messagesStream } from './messages.js';
import { responsesBody, responsesStream } from './responses.js';

/** The same answer, as the provider would have given it with `stream` the other way round. */
export interface Twin {
  readonly stream: boolean;
  readonly body: string;
}

interface Synthesis {
  /** Frames of a stream that says what a JSON answer says. */
  readonly toStream: (body: Json) => string;
  /** A JSON answer that says what the payloads of a stream say; undefined where there is none. */
  readonly toBody: (payloads: readonly Json[]) => Json | undefined;
}

const SYNTHESES: Readonly<Record<string, Synthesis>> = {
  chat: { toStream: chatStream, toBody: chatBody },
  messages: { toStream: messagesStream, toBody: messagesBody },
  converse: { toStream: converseStream, toBody: converseAnswer },
  responses: { toStream: responsesStream, toBody: responsesBody },
  chat_v2: { toStream: cohereStream, toBody: cohereAnswer },
  generateContent: { toStream: generateContentStream, toBody: generateContentBody },
};

/**
 * Synthesises the twin of a complete answer; undefined where there is none (errors, broken streams).
 *
 * @throws Error if the twin does not say the same, which is a fault of this code
 */
export function twinOf(recorded: RecordedCase): Twin | undefined {
  const synthesis = SYNTHESES[recorded.api];
  const source = textOf(recorded);
  const reading = readBody(recorded.api, source);
  if (!synthesis || reading.error || reading.choices.length === 0) return undefined;
  const document = parse(source);
  const stream = isJson(document);
  const body = stream
    ? synthesis.toStream(document)
    : JSON.stringify(synthesis.toBody(payloadsOf(readEvents(source).map((event) => event.data))));
  if (body === undefined) return undefined;
  const twinReading = readBody(recorded.api, body);
  if (!isDeepStrictEqual(comparable(twinReading), comparable(reading))) {
    throw new Error('the synthesised twin says something else than the recording');
  }
  return { stream, body };
}

/** How thoughts are cut into pieces is no difference. */
function comparable(reading: ReturnType<typeof readBody>): Json {
  const choices = reading.choices.map((choice) => ({
    ...choice,
    reasoning: choice.reasoning.join(''),
  }));
  return object({ ...reading, choices });
}
