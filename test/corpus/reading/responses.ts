import { count, object, objects, text, type Json } from '../json.js';
import { BROKEN_OFF, failureIn } from './failure.js';
import {
  argumentsOf,
  emptyDraft,
  finished,
  type ChoiceDraft,
  type Reading,
  type UsageReading,
} from './reading.js';

/** Reads an answer of the Responses API: the one payload of a JSON answer, or the events of a stream. */
export function readResponses(payloads: readonly Json[], stream: boolean): Reading {
  const failure = payloads.map(failureIn).find((found) => found !== undefined);
  const response = stream ? lastResponse(payloads) : payloads[0];
  if (failure || !response) return { choices: [], usage: undefined, error: failure ?? BROKEN_OFF };
  const draft = emptyDraft('');
  for (const item of objects(response['output'])) READERS[text(item['type'])]?.(draft, item);
  draft.finish = [finishOf(response)];
  const choice = finished(draft);
  return { choices: [choice], usage: usageOf(object(response['usage'])), error: undefined };
}

const READERS: Readonly<Record<string, (draft: ChoiceDraft, item: Json) => void>> = {
  reasoning: (draft, item) => {
    for (const part of [...objects(item['summary']), ...objects(item['content'])])
      draft.reasoning.push(text(part['text']));
    draft.signatures.push(text(item['encrypted_content']));
  },
  message: (draft, item) => {
    for (const part of objects(item['content'])) {
      draft.text += text(part['text']);
      draft.refusal = (draft.refusal ?? '') + text(part['refusal']);
      draft.logprobs += objects(part['logprobs']).length;
      draft.citations.push(...objects(part['annotations']).map((note) => text(note['url'])));
    }
  },
  function_call: (draft, item) => {
    draft.toolCalls.push({
      id: text(item['call_id']),
      name: text(item['name']),
      arguments: argumentsOf(text(item['arguments'])),
    });
  },
  web_search_call: (draft, item) => {
    const sources = objects(object(item['action'])['sources']);
    draft.sources.push(...sources.map((source) => text(source['url'])));
  },
};

function finishOf(response: Json): string {
  if (response['status'] !== 'incomplete') return 'stop';
  const { reason } = object(response['incomplete_details']);
  return reason === 'content_filter' ? 'content_filter' : 'length';
}

function usageOf(usage: Json): UsageReading {
  const input = object(usage['input_tokens_details']);
  return {
    prompt: count(usage['input_tokens']),
    completion: count(usage['output_tokens']),
    cached: count(input['cached_tokens']),
    cacheWrite: count(input['cache_write_tokens']),
    reasoning: count(object(usage['output_tokens_details'])['reasoning_tokens']),
  };
}

const ENDINGS = new Set(['response.completed', 'response.incomplete']);

/**
 * The response with which a stream ends. Ids and encrypted thoughts of the same item may be others than in the events
 * before, and a client has been told those.
 */
export function lastResponse(payloads: readonly Json[]): Json | undefined {
  const end = payloads.find(({ type }) => ENDINGS.has(text(type)));
  if (!end) return undefined;
  const done = payloads.filter(({ type }) => type === 'response.output_item.done');
  return { ...object(end['response']), output: done.map(({ item }) => item) };
}
