import type { AnswerFacts, AnswerHeader, CompletedAnswer } from '../../calls/index.js';
import type { ChatChunk } from '../../core/chat.js';
import { bytesOf, JsonBytes } from '../../core/json-bytes.js';
import { writeMetadata } from './metadata-json.js';
import { writeUsage } from './usage-json.js';

/** How a client wants to be told usage and costs in a stream. */
export type UsageFrame = 'openai' | 'with-choice' | 'none';

/** `stream_options.include_usage`: true as OpenAI has it; unset for clients that read choices[0]; false not at all. */
export function usageFrameOf(includeUsage: boolean | undefined | null): UsageFrame {
  if (includeUsage === true) return 'openai';
  return includeUsage === false ? 'none' : 'with-choice';
}

/** Fields of a whole answer that are the gateway's own, whatever the provider says in them. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'usage',
  'metadata',
]);

const COMMA = 44;
const COLON = 58;
const CLOSE_BRACE = 125;

const ID = bytesOf('{"id":');
const COMPLETION = bytesOf(',"object":"chat.completion","created":');
const CHUNK = bytesOf(',"object":"chat.completion.chunk","created":');
const MODEL = bytesOf(',"model":');
const CHOICES = bytesOf(',"choices":');
const NO_CHOICES = bytesOf(',"choices":[]');
const EMPTY_CHOICE = bytesOf(',"choices":[{"index":0,"delta":{},"finish_reason":null}]');
const USAGE = bytesOf(',"usage":');
const METADATA = bytesOf(',"metadata":');

const FIRST_BYTES = 16 * 1024;
/** A buffer that an answer made larger than this is let go. */
const MAX_KEPT_BYTES = 1024 * 1024;

let json = new JsonBytes(FIRST_BYTES);

/** A buffer to write one JSON text into, and to read it from before the next one is begun. */
function emptyJson(): JsonBytes {
  if (json.buffer.length > MAX_KEPT_BYTES) json = new JsonBytes(FIRST_BYTES);
  json.end = 0;
  return json;
}

/**
 * A whole answer in OpenAI's form: the provider's fields among the gateway's own. JSON as UTF-8, of which each byte is a
 * character of the string that comes out; it is to be sent as `latin1`.
 */
export function completionJson({ completion, facts }: CompletedAnswer): string {
  const to = emptyJson();
  writeHead(to, facts, COMPLETION, completion.created ?? facts.created);
  for (const name in completion) {
    const value = completion[name];
    if (value === undefined || OWN_FIELDS.has(name)) continue;
    if (name === 'choices') to.known(CHOICES);
    else {
      to.byte(COMMA);
      to.string(name);
      to.byte(COLON);
    }
    to.value(value);
  }
  writeFacts(to, facts);
  return to.buffer.toString('latin1', 0, to.end);
}

/** The fields of a chunk as JSON text, without the braces around them. */
export function chunkFields(chunk: ChatChunk): string {
  return JSON.stringify(chunk).slice(1, -1);
}

/** What stands before and after the fields of every chunk of a stream, as server-sent event. */
export function chunkFrame(header: AnswerHeader, frame: UsageFrame): readonly [string, string] {
  const to = emptyJson();
  writeHead(to, header, CHUNK, header.created);
  const after = frame === 'openai' ? ',"usage":null}\n\n' : '}\n\n';
  return [`data: ${to.buffer.toString('utf8', 0, to.end)},`, after];
}

/** The last frame of a stream: usage with costs, and metadata; undefined where the client wants none. */
export function usageFrameJson(facts: AnswerFacts, frame: UsageFrame): string | undefined {
  if (frame === 'none') return undefined;
  const to = emptyJson();
  writeHead(to, facts, CHUNK, facts.created);
  to.known(frame === 'openai' ? NO_CHOICES : EMPTY_CHOICE);
  writeFacts(to, facts);
  return to.buffer.toString('utf8', 0, to.end);
}

function writeHead(
  to: JsonBytes,
  { callId, model }: AnswerHeader,
  object: Uint8Array,
  created: number,
): void {
  to.known(ID);
  to.string(callId);
  to.known(object);
  to.number(created);
  to.known(MODEL);
  to.string(model);
}

function writeFacts(to: JsonBytes, facts: AnswerFacts): void {
  to.known(USAGE);
  writeUsage(to, facts);
  to.known(METADATA);
  writeMetadata(to, facts.metadata);
  to.byte(CLOSE_BRACE);
}
