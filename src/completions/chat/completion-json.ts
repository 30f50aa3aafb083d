import type { AnswerFacts, AnswerHeader, CompletedAnswer } from '../../calls/index.js';
import type { ChatChunk } from '../../core/chat.js';
import { jsonString } from '../../core/json-text.js';
import { metadataJson } from './metadata-json.js';
import { usageJson } from './usage-json.js';

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

/** A whole answer in OpenAI's form, as JSON text: the provider's fields among the gateway's own. */
export function completionJson({ completion, facts }: CompletedAnswer): string {
  const { callId, created, model } = facts;
  let text = `{"id":"${callId}","object":"chat.completion","created":${completion.created ?? created},"model":${jsonString(model)}`;
  for (const name in completion) {
    const value = completion[name];
    if (value === undefined || OWN_FIELDS.has(name)) continue;
    text += `,${jsonString(name)}:${typeof value === 'string' ? jsonString(value) : JSON.stringify(value)}`;
  }
  return `${text},"usage":${usageJson(facts)},"metadata":${metadataJson(facts.metadata)}}`;
}

/** The fields of a chunk as JSON text, without the braces around them. */
export function chunkFields(chunk: ChatChunk): string {
  return JSON.stringify(chunk).slice(1, -1);
}

/** What stands before and after the fields of every chunk of a stream, as server-sent event. */
export function chunkFrame(header: AnswerHeader, frame: UsageFrame): readonly [string, string] {
  const after = frame === 'openai' ? ',"usage":null}\n\n' : '}\n\n';
  return [`data: {${headerJson(header)},`, after];
}

/** The last frame of a stream: usage with costs, and metadata; undefined where the client wants none. */
export function usageFrameJson(facts: AnswerFacts, frame: UsageFrame): string | undefined {
  if (frame === 'none') return undefined;
  const choices = frame === 'openai' ? '[]' : '[{"index":0,"delta":{},"finish_reason":null}]';
  return `{${headerJson(facts)},"choices":${choices},"usage":${usageJson(facts)},"metadata":${metadataJson(facts.metadata)}}`;
}

function headerJson({ callId, created, model }: AnswerHeader): string {
  return `"id":"${callId}","object":"chat.completion.chunk","created":${created},"model":${jsonString(model)}`;
}
