import { count, isJson, object, objects, text, type Json } from '../json.js';

/** A message as an OpenAI client puts it together from the deltas of a choice. */
export interface AccumulatedChoice {
  readonly message: Json;
  readonly finish: string | undefined;
  /** How many tokens have their probability told. */
  readonly logprobs: number;
}

/** Text that grows over a stream. */
const GROWING = ['content', 'refusal', 'reasoning'] as const;
/** Lists to which every delta adds. */
const COLLECTING = ['annotations', 'images', 'reasoning_details'] as const;

interface Draft {
  readonly message: Json;
  finish: string | undefined;
  logprobs: number;
}

/** The choices of a JSON answer, or those that the chunks of a stream spell out, by index. */
export function accumulate(body: Json | undefined, chunks: readonly Json[]): AccumulatedChoice[] {
  if (body) return objects(body['choices']).map(wholeChoice);
  const drafts = new Map<number, Draft>();
  for (const choice of chunks.flatMap((chunk) => objects(chunk['choices']))) {
    const index = count(choice['index']);
    const draft = drafts.get(index) ?? { message: {}, finish: undefined, logprobs: 0 };
    drafts.set(index, draft);
    addDelta(draft.message, object(choice['delta']));
    draft.finish = finishOf(choice) ?? draft.finish;
    draft.logprobs += logprobsOf(choice);
  }
  return [...drafts.entries()].sort(([one], [other]) => one - other).map(([, draft]) => draft);
}

function wholeChoice(choice: Json): AccumulatedChoice {
  const message = object(choice['message']);
  return { message, finish: finishOf(choice), logprobs: logprobsOf(choice) };
}

function finishOf(choice: Json): string | undefined {
  return text(choice['finish_reason']) || undefined;
}

function logprobsOf(choice: Json): number {
  return objects(object(choice['logprobs'])['content']).length;
}

function addDelta(message: Json, delta: Json): void {
  for (const field of GROWING)
    if (typeof delta[field] === 'string') message[field] = text(message[field]) + delta[field];
  for (const field of COLLECTING) {
    if (Array.isArray(delta[field]))
      message[field] = [...((message[field] as unknown[] | undefined) ?? []), ...delta[field]];
  }
  if (isJson(delta['audio'])) message['audio'] = { ...object(message['audio']), ...delta['audio'] };
  if (isJson(delta['function_call']))
    message['function_call'] = grown(object(message['function_call']), delta['function_call']);
  for (const call of objects(delta['tool_calls'])) addCall(message, call);
}

function addCall(message: Json, delta: Json): void {
  const calls = objects(message['tool_calls']);
  const index = count(delta['index']);
  const known = calls[index] ?? {};
  const { index: _index, function: called, ...rest } = delta;
  calls[index] = { ...known, ...rest, function: grown(object(known['function']), object(called)) };
  message['tool_calls'] = calls;
}

function grown(known: Json, delta: Json): Json {
  return { ...known, ...delta, arguments: text(known['arguments']) + text(delta['arguments']) };
}
