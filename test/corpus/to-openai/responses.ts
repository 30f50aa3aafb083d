import { defined, isJson, object, objects, text, type Json } from '../json.js';
import { Losses, type MappedRequest } from './mapped-request.js';
import { messagesOfInput } from './responses-input.js';

/** Parameters that both dialects have. */
const SHARED = [
  'temperature',
  'top_p',
  'top_logprobs',
  'parallel_tool_calls',
  'service_tier',
  'user',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_options',
] as const;
/** What the gateway sets itself, or what says nothing without a state at the provider. */
const SET_BY_GATEWAY = ['model', 'stream', 'store', 'include'] as const;
const READ = new Set<string>([
  ...SHARED,
  ...SET_BY_GATEWAY,
  'input',
  'instructions',
  'max_output_tokens',
  'reasoning',
  'text',
  'tools',
  'tool_choice',
]);

/** A request of the Responses API in OpenAI's chat shape, for a provider of the gateway. */
export function fromResponses(request: Json, providerId: string): MappedRequest {
  const losses = new Losses();
  for (const [name, value] of Object.entries(request))
    if (!READ.has(name) && value !== null) losses.add(name);
  const tools = toolsOf(request, losses);
  const includes = Array.isArray(request['include']) ? request['include'] : [];
  const { format } = object(request['text']);
  const body = defined({
    ...Object.fromEntries(SHARED.map((name) => [name, request[name] ?? undefined])),
    messages: messagesOfInput(request, `${providerId}-responses-v1`, losses),
    max_completion_tokens: request['max_output_tokens'] ?? undefined,
    reasoning: isJson(request['reasoning']) ? withoutNulls(request['reasoning']) : undefined,
    response_format: isJson(format) ? formatOf(format) : undefined,
    verbosity: object(request['text'])['verbosity'],
    logprobs: includes.includes('message.output_text.logprobs') ? true : undefined,
    ...(tools.length > 0 ? { tools, tool_choice: choiceOf(request['tool_choice']) } : {}),
  });
  return { body, lost: losses.list() };
}

function toolsOf(request: Json, losses: Losses): Json[] {
  return objects(request['tools']).flatMap((tool) => {
    const { type, name, description, parameters, strict } = tool;
    if (type === 'web_search') return [tool];
    if (type !== 'function') {
      losses.add(`tool ${text(type)}`);
      return [];
    }
    const declared = withoutNulls({ name, description, parameters, strict });
    return [{ type, function: declared }];
  });
}

function choiceOf(choice: unknown): unknown {
  return isJson(choice) ? { type: 'function', function: { name: choice['name'] } } : choice;
}

function formatOf({ type, ...schema }: Json): Json {
  return type === 'json_schema' ? { type, json_schema: schema } : { type };
}

function withoutNulls(fields: Json): Json {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}
