import { count, object, objects, text, type Json } from '../json.js';
import { BROKEN_OFF } from './failure.js';
import { argumentsOf, emptyDraft, finished, type Reading, type UsageReading } from './reading.js';

const FINISH: Readonly<Record<string, string>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
};

/** Reads an answer of Cohere's Chat API: the one payload of a JSON answer, or the events of a stream. */
export function readCohere(payloads: readonly Json[], stream: boolean): Reading {
  const answer = object(stream ? cohereBody(payloads) : payloads[0]);
  const message = object(answer['message']);
  const finish = FINISH[text(answer['finish_reason'])];
  if (!finish) return { choices: [], usage: undefined, error: BROKEN_OFF };
  const draft = emptyDraft();
  for (const block of objects(message['content'])) {
    draft.text += text(block['text']);
    draft.reasoning.push(text(block['thinking']));
  }
  // The plan before calls is what the model thought.
  draft.reasoning.push(text(message['tool_plan']));
  draft.toolCalls = objects(message['tool_calls']).map((call) => ({
    id: text(call['id']),
    name: text(object(call['function'])['name']),
    arguments: argumentsOf(text(object(call['function'])['arguments'])),
  }));
  draft.citations = objects(message['citations'])
    .flatMap(({ sources }) => objects(sources))
    .map(addressOf);
  draft.finish = [finish];
  return {
    choices: [finished(draft)],
    usage: usageOf(object(answer['usage'])),
    error: undefined,
  };
}

function addressOf(source: Json): string {
  return text(object(source['tool_output'] ?? source['document'])['url']);
}

/** Billed units; the template is in the other counts, so that parts of those may be more than what is billed. */
function usageOf(usage: Json): UsageReading {
  const { input_tokens: input, output_tokens: output } = object(usage['billed_units']);
  const { reasoning_tokens: reasoning } = object(usage['tokens']);
  return {
    prompt: count(input),
    completion: count(output),
    cached: Math.min(count(usage['cached_tokens']), count(input)),
    cacheWrite: 0,
    reasoning: Math.min(count(reasoning), count(output)),
  };
}

/** The answer that the events of a stream spell out. */
export function cohereBody(events: readonly Json[]): Json {
  const content = new Map<unknown, Json>();
  const calls = new Map<unknown, Json>();
  const citations: unknown[] = [];
  let plan = '';
  for (const event of events) {
    const { index, delta } = event;
    const told = object(object(delta)['message']);
    if (told['content'] !== undefined && event['type'] !== 'message-start')
      content.set(index, grownBlock(content.get(index) ?? {}, object(told['content'])));
    const call = object(told['tool_calls']);
    if (Object.keys(call).length > 0) calls.set(index, grownCall(calls.get(index), call));
    if (event['type'] === 'citation-start') citations.push(told['citations']);
    plan += text(told['tool_plan']);
  }
  const end = object(events.find(({ type }) => type === 'message-end')?.['delta']);
  const message = {
    role: 'assistant',
    content: [...content.values()],
    tool_plan: plan,
    tool_calls: [...calls.values()],
    citations,
  };
  return {
    id: events[0]?.['id'],
    message,
    finish_reason: end['finish_reason'],
    usage: end['usage'],
  };
}

function grownBlock(block: Json, delta: Json): Json {
  const kind = block['type'] ?? delta['type'];
  const field = kind === 'thinking' ? 'thinking' : 'text';
  return { type: kind, [field]: text(block[field]) + text(delta[field]) };
}

function grownCall(call: Json | undefined, delta: Json): Json {
  if (!call) return delta;
  const known = object(call['function']);
  const added = text(object(delta['function'])['arguments']);
  return { ...call, function: { ...known, arguments: text(known['arguments']) + added } };
}
