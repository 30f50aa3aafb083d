import { count, object, objects, text, type Json } from '../json.js';
import { BROKEN_OFF } from './failure.js';
import { argumentsOf, emptyDraft, finished, type Reading, type UsageReading } from './reading.js';

const FINISH: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
};

/** Reads an answer of Converse: the one payload of a JSON answer, or the events of a stream. */
export function readConverse(payloads: readonly Json[], stream: boolean): Reading {
  const answer = stream ? converseBody(payloads) : payloads[0];
  const { content } = object(object(object(answer)['output'])['message']);
  if (!answer || !Array.isArray(content))
    return { choices: [], usage: undefined, error: BROKEN_OFF };
  const draft = emptyDraft();
  for (const block of objects(content)) {
    const cited = object(block['citationsContent']);
    const thought = object(block['reasoningContent']);
    const { text: words, signature } = object(thought['reasoningText']);
    const call = object(block['toolUse']);
    draft.text += text(block['text']) + objects(cited['content']).map(textOf).join('');
    draft.reasoning.push(text(words));
    draft.signatures.push(text(signature), redacted(thought['redactedContent']));
    if (call['toolUseId'] !== undefined)
      draft.toolCalls.push({
        id: text(call['toolUseId']),
        name: text(call['name']),
        arguments: call['input'],
      });
    draft.citations.push(...objects(cited['citations']).map(addressOf));
  }
  const finish = FINISH[text(answer['stopReason'])];
  draft.finish = finish ? [finish] : [];
  return {
    choices: [finished(draft)],
    usage: usageOf(object(answer['usage'])),
    error: finish ? undefined : BROKEN_OFF,
  };
}

function textOf(part: Json): string {
  return text(part['text']);
}

/** A blob: what the model gave, in base64. */
function redacted(blob: unknown): string {
  return Buffer.from(text(blob), 'base64').toString('latin1');
}

function addressOf(citation: Json): string {
  const { url } = object(object(citation['location'])['web']);
  const source = text(citation['source']);
  return text(url) || (/^https?:/.test(source) ? source : '');
}

/** Cache reads and writes stand beside inputTokens. */
function usageOf(usage: Json): UsageReading {
  const cached = count(usage['cacheReadInputTokens']);
  const cacheWrite = count(usage['cacheWriteInputTokens']);
  return {
    prompt: count(usage['inputTokens']) + cached + cacheWrite,
    completion: count(usage['outputTokens']),
    cached,
    cacheWrite,
    reasoning: 0,
  };
}

/** The answer that the events of a stream spell out. */
export function converseBody(events: readonly Json[]): Json {
  const blocks = new Map<unknown, Json>();
  let body: Json = {};
  for (const event of events) {
    const {
      start,
      delta,
      contentBlockIndex: index,
    } = object(event['contentBlockStart'] ?? event['contentBlockDelta']);
    if (start !== undefined) blocks.set(index, { ...object(start) });
    if (delta !== undefined) blocks.set(index, grown(blocks.get(index) ?? {}, object(delta)));
    const { stopReason } = object(event['messageStop']);
    const { usage, serviceTier } = object(event['metadata']);
    if (stopReason !== undefined) body = { ...body, stopReason };
    if (usage !== undefined) body = { ...body, usage };
    if (serviceTier !== undefined) body = { ...body, serviceTier };
  }
  const content = [...blocks.values()].map(inFinalForm);
  return { ...body, output: { message: { role: 'assistant', content } } };
}

function grown(block: Json, delta: Json): Json {
  if (typeof delta['text'] === 'string')
    return { ...block, text: text(block['text']) + delta['text'] };
  if (delta['toolUse'] !== undefined) {
    const call = object(block['toolUse']);
    const spelled = text(call['input']) + text(object(delta['toolUse'])['input']);
    return { toolUse: { ...call, input: spelled } };
  }
  if (delta['citation'] !== undefined)
    return { ...block, citations: [...objects(block['citations']), delta['citation']] };
  const thought = object(delta['reasoningContent']);
  if (thought['redactedContent'] !== undefined) return { reasoningContent: thought };
  const known = object(object(block['reasoningContent'])['reasoningText']);
  return {
    reasoningContent: {
      reasoningText: {
        text: text(known['text']) + text(thought['text']),
        signature: text(known['signature']) + text(thought['signature']),
      },
    },
  };
}

function inFinalForm(block: Json): Json {
  const { text: said, citations } = block;
  if (citations !== undefined)
    return { citationsContent: { content: [{ text: said }], citations } };
  const call = object(block['toolUse']);
  if (call['toolUseId'] === undefined) return block;
  return { toolUse: { ...call, input: argumentsOf(text(call['input'])) } };
}
