import { defined, object, objects, text, type Json } from '../json.js';
import { Losses, type MappedRequest } from './mapped-request.js';

/** Cohere's own parameters, which the gateway hands on. */
const OWN = ['documents', 'citation_options', 'safety_mode', 'thinking', 'strict_tools'] as const;
/** Parameters that both dialects have. */
const SHARED = [
  'max_tokens',
  'temperature',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'tools',
] as const;
const READ = new Set<string>([
  ...OWN,
  ...SHARED,
  'model',
  'messages',
  'stream',
  'p',
  'k',
  'stop_sequences',
  'tool_choice',
  'response_format',
]);

/** A request of Cohere's Chat API in OpenAI's shape, to which it is near. */
export function fromCohere(request: Json): MappedRequest {
  const losses = new Losses();
  for (const name of Object.keys(request)) if (!READ.has(name)) losses.add(name);
  const choice = text(request['tool_choice']).toLowerCase();
  const body = defined({
    ...Object.fromEntries([...SHARED, ...OWN].map((name) => [name, request[name]])),
    messages: objects(request['messages']).map((message) => messageOf(message, losses)),
    top_p: request['p'],
    top_k: request['k'],
    stop: request['stop_sequences'],
    tool_choice: choice === '' ? undefined : choice,
    response_format: responseFormat(object(request['response_format'])),
  });
  return { body, lost: losses.list() };
}

/** OpenAI's shape has no documents among the results of tools, so that they are told as text. */
function messageOf(message: Json, losses: Losses): Json {
  const { role, content } = message;
  if (role !== 'tool' || !Array.isArray(content)) return message;
  const parts = objects(content).map((part) => {
    if (part['type'] === 'text') return part;
    losses.add(`result ${text(part['type'])}`);
    return { type: 'text', text: JSON.stringify(part) };
  });
  return { ...message, content: parts };
}

function responseFormat({ type, json_schema: schema }: Json): Json | undefined {
  if (type !== 'json_object') return undefined;
  return schema === undefined
    ? { type }
    : { type: 'json_schema', json_schema: { name: 'answer', schema } };
}
