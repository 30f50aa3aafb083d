import { defined, isJson, object, objects, text, type Json } from '../json.js';
import { assistantMessage, userMessages } from './messages-content.js';
import { Losses, type MappedRequest } from './mapped-request.js';

/** Anthropic's own parameters, which the gateway hands on to a provider of this dialect. */
const OWN = ['cache_control', 'container', 'context_management', 'mcp_servers', 'top_k'] as const;
/** Parameters that are read below. */
const READ = new Set<string>([
  ...OWN,
  'model',
  'messages',
  'stream',
  'system',
  'max_tokens',
  'temperature',
  'top_p',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'service_tier',
  'metadata',
]);

/** A request of Anthropic's Messages in OpenAI's shape. */
export function fromMessages(request: Json): MappedRequest {
  const losses = new Losses();
  for (const name of Object.keys(request)) if (!READ.has(name)) losses.add(name);
  const choice = object(request['tool_choice']);
  const stop = request['stop_sequences'];
  const body = defined({
    messages: messagesOf(request, losses),
    max_tokens: request['max_tokens'],
    temperature: request['temperature'],
    top_p: request['top_p'],
    stop: Array.isArray(stop) && stop.length > 0 ? stop : undefined,
    tools: toolsOf(request),
    tool_choice: toolChoice(choice),
    parallel_tool_calls: choice['disable_parallel_tool_use'] === true ? false : undefined,
    response_format: responseFormat(object(request['output_config'])),
    ...reasoningOf(request),
    ...Object.fromEntries(OWN.map((name) => [name, request[name]])),
  });
  return { body, lost: losses.list() };
}

function messagesOf(request: Json, losses: Losses): Json[] {
  const messages = objects(request['messages']).flatMap((message) =>
    message['role'] === 'assistant'
      ? [assistantMessage(message, losses)]
      : userMessages(message, losses),
  );
  const system = request['system'];
  const isEmpty =
    system === undefined || system === '' || (Array.isArray(system) && system.length === 0);
  return isEmpty ? messages : [{ role: 'system', content: system }, ...messages];
}

function toolsOf(request: Json): Json[] | undefined {
  const tools = objects(request['tools']).map((tool) => {
    const type = text(tool['type']);
    if (type === '' || type === 'custom') return functionTool(tool);
    return type.startsWith('web_search') ? webSearch(tool) : tool;
  });
  return tools.length > 0 ? tools : undefined;
}

/** What Anthropic has beside OpenAI's fields (`cache_control`, `defer_loading`) stands beside the function. */
function functionTool(tool: Json): Json {
  const { name, description, input_schema: parameters, strict, type: _type, ...beside } = tool;
  return {
    type: 'function',
    function: defined({ name, description, parameters, strict }),
    ...beside,
  };
}

/** OpenAI's Responses API has the domains under `filters`. */
function webSearch(tool: Json): Json {
  const { user_location: location, max_uses: most, allowed_domains: domains } = tool;
  return {
    type: 'web_search',
    ...(isJson(location) ? { user_location: location } : {}),
    ...(typeof most === 'number' ? { max_uses: most } : {}),
    ...(Array.isArray(domains) ? { filters: { allowed_domains: domains } } : {}),
  };
}

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'required', none: 'none' };

function toolChoice(choice: Json): unknown {
  if (choice['type'] === 'tool') return { type: 'function', function: { name: choice['name'] } };
  return CHOICES[text(choice['type'])];
}

function responseFormat(config: Json): Json | undefined {
  const format = object(config['format']);
  if (format['type'] !== 'json_schema') return undefined;
  return {
    type: 'json_schema',
    json_schema: { name: 'answer', schema: format['schema'], strict: true },
  };
}

function reasoningOf(request: Json): Json {
  const thinking = object(request['thinking']);
  const effort = object(request['output_config'])['effort'];
  if (thinking['type'] === 'enabled')
    return { reasoning: { max_tokens: thinking['budget_tokens'] } };
  if (typeof effort === 'string') return { reasoning_effort: effort === 'max' ? 'xhigh' : effort };
  // A model that decides by itself how much to think does so at the effort that is assumed.
  return thinking['type'] === 'adaptive' ? { reasoning_effort: 'high' } : {};
}
