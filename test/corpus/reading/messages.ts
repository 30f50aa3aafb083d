import { count, isJson, object, objects, text, type Json } from '../json.js';
import { BROKEN_OFF, failureIn } from './failure.js';
import {
  argumentsOf,
  emptyDraft,
  finished,
  type ChoiceReading,
  type Reading,
  type UsageReading,
} from './reading.js';

const FINISH: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  compaction: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

/** Reads an answer of Anthropic's Messages: the one payload of a JSON answer, or all of a stream's. */
export function readMessages(payloads: readonly Json[], stream: boolean): Reading {
  const failure = payloads.map(failureIn).find((found) => found !== undefined);
  const message = stream ? assembled(payloads) : payloads[0];
  if (!message || !Array.isArray(message['content'])) {
    return { choices: [], usage: undefined, error: failure ?? BROKEN_OFF };
  }
  const complete = !stream || payloads.some((payload) => payload['type'] === 'message_stop');
  return {
    choices: [choiceOf(message)],
    usage: usageOf(object(message['usage'])),
    error: failure ?? (complete ? undefined : BROKEN_OFF),
  };
}

function choiceOf(message: Json): ChoiceReading {
  const draft = emptyDraft();
  for (const block of objects(message['content'])) {
    const citations = objects(block['citations']);
    if (block['type'] === 'text') draft.text += text(block['text']);
    if (block['type'] === 'thinking') draft.reasoning.push(text(block['thinking']));
    if (block['type'] === 'tool_use')
      draft.toolCalls.push({
        id: text(block['id']),
        name: text(block['name']),
        arguments: block['input'],
      });
    draft.signatures.push(
      text(block['signature']),
      block['type'] === 'redacted_thinking' ? text(block['data']) : '',
    );
    draft.citations.push(...citations.map((citation) => text(citation['url'])));
    draft.sources.push(...citations.map((citation) => text(citation['source'])));
    draft.sources.push(...objects(block['content']).map((result) => text(result['url'])));
  }
  const finish = FINISH[text(message['stop_reason'])];
  draft.finish = finish ? [finish] : [];
  return finished(draft);
}

/**
 * Cache reads and writes stand beside input_tokens; thinking is inside output_tokens. What compacting the conversation
 * took is billed too but told only in `iterations` (docs.anthropic.com, compaction, "understanding usage").
 */
function usageOf(usage: Json): UsageReading {
  const passes = [
    usage,
    ...objects(usage['iterations']).filter((pass) => pass['type'] === 'compaction'),
  ];
  const sum = (name: string): number =>
    passes.reduce((total, pass) => total + count(pass[name]), 0);
  const cached = sum('cache_read_input_tokens');
  const cacheWrite = sum('cache_creation_input_tokens');
  return {
    prompt: sum('input_tokens') + cached + cacheWrite,
    completion: sum('output_tokens'),
    cached,
    cacheWrite,
    reasoning: count(object(usage['output_tokens_details'])['thinking_tokens']),
  };
}

/** The message that a stream spells out. */
export function assembled(payloads: readonly Json[]): Json | undefined {
  const start = payloads.find((payload) => payload['type'] === 'message_start');
  if (!start) return undefined;
  const blocks = new Map<unknown, Json>();
  const message: Json = { ...object(start['message']) };
  for (const payload of payloads) {
    const known = blocks.get(payload['index']);
    if (payload['type'] === 'content_block_start')
      blocks.set(payload['index'], { ...object(payload['content_block']) });
    if (payload['type'] === 'content_block_delta' && known)
      addDelta(known, object(payload['delta']));
    if (payload['type'] === 'message_delta') {
      Object.assign(message, object(payload['delta']));
      message['usage'] = { ...object(message['usage']), ...withoutNulls(object(payload['usage'])) };
    }
  }
  return { ...message, content: [...blocks.values()].map(withInput) };
}

const GROWING: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  input_json_delta: 'partial_json',
};

function addDelta(block: Json, delta: Json): void {
  const field = GROWING[text(delta['type'])];
  if (field) block[field] = text(block[field]) + text(delta[field]);
  if (isJson(delta['citation']))
    block['citations'] = [...objects(block['citations']), delta['citation']];
}

function withInput(block: Json): Json {
  const { partial_json: spelled, ...rest } = block;
  return typeof spelled === 'string' && spelled !== ''
    ? { ...rest, input: argumentsOf(spelled) }
    : rest;
}

function withoutNulls(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
