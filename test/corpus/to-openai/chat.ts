import { isJson, objects, text, type Json } from '../json.js';
import type { MappedRequest } from './mapped-request.js';

/** Parameters of compatible providers under OpenAI's names. */
const RENAMED: Readonly<Record<string, string>> = { random_seed: 'seed' };
const CHOICES: Readonly<Record<string, string>> = { any: 'required' };

/** Parts of a request that the runner sets itself. */
const SET_BY_RUNNER = new Set(['model', 'stream', 'stream_options']);

/** A request in OpenAI's shape with what its provider words in its own way put into OpenAI's words. */
export function fromChat(request: Json): MappedRequest {
  const body: Json = {};
  for (const [name, value] of Object.entries(request)) {
    if (!SET_BY_RUNNER.has(name)) body[RENAMED[name] ?? name] = value;
  }
  if (typeof body['tool_choice'] === 'string')
    body['tool_choice'] = CHOICES[body['tool_choice']] ?? body['tool_choice'];
  if (Array.isArray(body['tools']))
    body['tools'] = objects(body['tools']).map((tool) => ({ type: 'function', ...tool }));
  body['response_format'] = named(body['response_format']);
  if (body['response_format'] === undefined) delete body['response_format'];
  body['messages'] = objects(request['messages']).map(messageOf);
  return { body, lost: [] };
}

/** OpenAI's schemas have a name, Perplexity's need none. */
function named(format: unknown): unknown {
  const schema = isJson(format) ? format['json_schema'] : undefined;
  return isJson(format) && isJson(schema)
    ? { ...format, json_schema: { name: 'answer', ...schema } }
    : format;
}

/** Earlier reasoning has one name at the gateway; Mistral has it among the parts of the content. */
function messageOf(message: Json): Json {
  const { reasoning_content: thought, ...rest } = message;
  const calls = objects(rest['tool_calls']).map((call) => ({ ...call, type: 'function' }));
  const mapped: Json = { ...(typeof thought === 'string' ? { reasoning: thought } : {}), ...rest };
  if (calls.length > 0) mapped['tool_calls'] = calls;
  if (!Array.isArray(mapped['content'])) return mapped;
  const parts = objects(mapped['content']);
  const thoughts = parts.filter((part) => part['type'] === 'thinking').map(thoughtOf);
  const content = parts.filter((part) => part['type'] !== 'thinking').map(partOf);
  return { ...mapped, content, ...(thoughts.length > 0 ? { reasoning: thoughts.join('') } : {}) };
}

function thoughtOf(part: Json): string {
  return (
    text(part['thinking']) ||
    objects(part['thinking'])
      .map((piece) => text(piece['text']))
      .join('')
  );
}

/** Mistral gives addresses and sounds as plain strings. */
function partOf(part: Json): Json {
  const { image_url: image, input_audio: audio } = part;
  if (typeof image === 'string') return { ...part, image_url: { url: image } };
  if (typeof audio === 'string') return { ...part, input_audio: { data: audio, format: 'mp3' } };
  return isJson(part) ? part : {};
}
