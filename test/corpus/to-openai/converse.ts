import { defined, object, objects, text, type Json } from '../json.js';
import { converseMessage, marked } from './converse-content.js';
import { Losses, type MappedRequest } from './mapped-request.js';

/** What Converse has beside OpenAI's parameters, which the gateway hands on. */
const OWN = ['guardrailConfig'] as const;
const READ = new Set<string>([
  ...OWN,
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'outputConfig',
  'additionalModelRequestFields',
  'serviceTier',
]);

/** A request of Bedrock's Converse in OpenAI's shape. */
export function fromConverse(request: Json): MappedRequest {
  const losses = new Losses();
  for (const name of Object.keys(request)) if (!READ.has(name)) losses.add(name);
  const settings = object(request['inferenceConfig']);
  const { thinking, ...others } = object(request['additionalModelRequestFields']);
  const body = defined({
    messages: messagesOf(request, losses),
    max_tokens: settings['maxTokens'],
    temperature: settings['temperature'],
    top_p: settings['topP'],
    stop: settings['stopSequences'],
    ...toolsOf(object(request['toolConfig'])),
    response_format: responseFormat(object(object(request['outputConfig'])['textFormat'])),
    service_tier: object(request['serviceTier'])['type'],
    ...reasoningOf(object(thinking)),
    additionalModelRequestFields: Object.keys(others).length > 0 ? others : undefined,
    ...Object.fromEntries(OWN.map((name) => [name, request[name]])),
  });
  return { body, lost: losses.list() };
}

function messagesOf(request: Json, losses: Losses): Json[] {
  const messages = objects(request['messages']).flatMap((message) =>
    converseMessage(message, losses),
  );
  const system = marked(objects(request['system'])).map(({ text: words, cache_control }) =>
    defined({ type: 'text', text: words, cache_control }),
  );
  return system.length > 0 ? [{ role: 'system', content: system }, ...messages] : messages;
}

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'required' };

function toolsOf(config: Json): Json {
  const tools = marked(objects(config['tools'])).map(({ toolSpec, cache_control }) => {
    const { name, description, inputSchema, strict } = object(toolSpec);
    const parameters = object(inputSchema)['json'];
    const declared = defined({ name, description, parameters, strict });
    return defined({ type: 'function', function: declared, cache_control });
  });
  const choice = object(config['toolChoice']);
  const [kind = ''] = Object.keys(choice);
  const name = text(object(choice['tool'])['name']);
  return {
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: name === '' ? CHOICES[kind] : { type: 'function', function: { name } },
  };
}

function responseFormat(format: Json): Json | undefined {
  const { name, description, schema } = object(object(format['structure'])['jsonSchema']);
  if (format['type'] !== 'json_schema') return undefined;
  const json_schema = defined({
    name,
    description,
    schema: JSON.parse(text(schema)),
    strict: true,
  });
  return { type: 'json_schema', json_schema };
}

/** A model that decides by itself how much to think does so at the effort that is assumed. */
function reasoningOf(thinking: Json): Json {
  if (thinking['type'] === 'enabled')
    return { reasoning: { max_tokens: thinking['budget_tokens'] } };
  return thinking['type'] === 'adaptive' ? { reasoning_effort: 'high' } : {};
}
