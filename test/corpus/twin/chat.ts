import { count, isJson, object, objects, text, type Json } from '../json.js';
import { pieces } from './pieces.js';

/** Fields of a message that a provider streams piece by piece. */
const GROWING = ['reasoning_content', 'reasoning', 'content', 'refusal'] as const;

/** A stream in OpenAI's shape that says what a JSON answer says. */
export function chatStream(body: Json): string {
  const { choices, usage, object: _object, ...rest } = body;
  const base = { ...rest, object: 'chat.completion.chunk' };
  const frames: Json[] = objects(choices).flatMap((choice) =>
    choiceChunks(choice).map((piece) => ({ ...base, choices: [piece] })),
  );
  if (isJson(usage)) frames.push({ ...base, choices: [], usage });
  return [...frames.map((frame) => JSON.stringify(frame)), '[DONE]']
    .map((data) => `data: ${data}\n\n`)
    .join('');
}

function choiceChunks(choice: Json): Json[] {
  const { message, finish_reason: finish, logprobs, ...rest } = choice;
  const { role: _role, tool_calls: calls, ...fields } = object(message);
  const deltas: Json[] = [{ role: 'assistant' }];
  for (const field of GROWING) {
    if (typeof fields[field] !== 'string') continue;
    deltas.push(...pieces(fields[field]).map((piece) => ({ [field]: piece })));
    delete fields[field];
  }
  if (Object.keys(fields).length > 0) deltas.push(fields);
  objects(calls).forEach((call, index) => deltas.push(...callDeltas(call, index)));
  const chunks: Json[] = deltas.map((delta) => ({
    index: choice['index'] ?? 0,
    delta,
    finish_reason: null,
  }));
  if (isJson(logprobs)) chunks[chunks.length - 1] = { ...chunks.at(-1), logprobs };
  return [...chunks, { ...rest, delta: {}, finish_reason: finish }];
}

/** As OpenAI streams a call: id and name first, then pieces of the arguments. */
function callDeltas(call: Json, index: number): Json[] {
  const called = object(call['function']);
  const given = isJson(called['arguments'])
    ? JSON.stringify(called['arguments'])
    : text(called['arguments']);
  const opening = { ...call, index, function: { ...called, arguments: '' } };
  return [
    opening,
    ...pieces(given).map((piece) => ({ index, function: { arguments: piece } })),
  ].map((delta) => ({ tool_calls: [delta] }));
}

/** A JSON answer that says what the chunks of a stream say. */
export function chatBody(payloads: readonly Json[]): Json | undefined {
  const choices = new Map<number, Json>();
  let body: Json = {};
  for (const { choices: list, ...rest } of payloads) {
    body = merged(body, rest);
    for (const { delta, message: repeated, ...choice } of objects(list)) {
      const index = count(choice['index']);
      const known = choices.get(index) ?? {};
      const logprobs = isJson(choice['logprobs'])
        ? { logprobs: grown(object(known['logprobs']), choice['logprobs']) }
        : {};
      choices.set(index, {
        ...merged(known, choice),
        ...logprobs,
        message: grown(object(known['message']), object(delta ?? repeated)),
      });
    }
  }
  return { ...body, object: 'chat.completion', choices: [...choices.values()] };
}

/** The later value holds unless it is null. */
function merged(known: Json, later: Json): Json {
  return {
    ...known,
    ...Object.fromEntries(
      Object.entries(later).filter(([name, value]) => value !== null || !(name in known)),
    ),
  };
}

function grown(message: Json, delta: Json): Json {
  const next = { ...message };
  for (const [name, value] of Object.entries(delta)) {
    const known = next[name];
    if (name === 'tool_calls') next[name] = withCalls(objects(known), objects(value));
    else if (name !== 'role' && (typeof known === 'string' || Array.isArray(known)))
      next[name] = joined(known, value);
    else if (isJson(known) && isJson(value)) next[name] = grown(known, value);
    else next[name] = value ?? known ?? null;
  }
  return next;
}

/** Text grows, lists are appended; Mistral sends content as both, which only a list can hold. */
function joined(known: string | unknown[], value: unknown): unknown {
  if (value === null || value === undefined) return known;
  if (typeof known === 'string' && typeof value === 'string') return known + value;
  return [...parts(known), ...parts(value)];
}

function parts(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [{ type: 'text', text: text(value) }];
}

function withCalls(known: readonly Json[], deltas: readonly Json[]): Json[] {
  const calls = [...known];
  deltas.forEach((delta, position) => {
    const index = count(delta['index'] ?? position);
    const call = calls[index] ?? {};
    const { index: _index, ...rest } = delta;
    const called = object(rest['function']);
    const given = isJson(called['arguments'])
      ? JSON.stringify(called['arguments'])
      : text(called['arguments']);
    const grownCall = {
      ...object(call['function']),
      ...withoutEmpty(called),
      arguments: text(object(call['function'])['arguments']) + given,
    };
    calls[index] = { ...call, ...withoutEmpty(rest), function: grownCall };
  });
  return calls;
}

function withoutEmpty(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== ''),
  );
}
