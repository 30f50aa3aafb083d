import { isJson, object, objects, parse, text, type Json } from '../json.js';
import {
  callText,
  emptyTurn,
  mergedTurns,
  parameters,
  toolOutline,
  type Outline,
  type Turn,
} from './outline.js';

/** What OpenAI assumes. */
const DEFAULTS: Json = {
  n: 1,
  temperature: 1,
  top_p: 1,
  tool_choice: 'auto',
  parallel_tool_calls: true,
  logprobs: false,
};
const CHOICES: Readonly<Record<string, string>> = { any: 'required' };

/** The outline of a request in OpenAI's chat shape. */
export function outlineChat(request: Json): Outline {
  const messages = objects(request['messages']);
  const isSystem = (message: Json): boolean =>
    message['role'] === 'system' || message['role'] === 'developer';
  return {
    system: messages
      .filter(isSystem)
      .map((message) => contentText(message['content']))
      .join(''),
    turns: mergedTurns(messages.filter((message) => !isSystem(message)).map(turnOf)),
    tools: objects(request['tools'])
      .map((tool) => object(tool['function']))
      .filter((tool) => 'name' in tool)
      .map((tool) => toolOutline(tool['name'], tool['description'], tool['parameters'])),
    parameters: parameters(
      {
        max_tokens: request['max_completion_tokens'] ?? request['max_tokens'],
        n: request['n'],
        temperature: request['temperature'],
        top_p: request['top_p'],
        stop: request['stop'] === undefined ? undefined : JSON.stringify([request['stop']].flat()),
        seed: request['seed'] ?? request['random_seed'],
        logprobs: request['logprobs'],
        top_logprobs: request['top_logprobs'],
        tool_choice: choiceOf(request['tool_choice']),
        parallel_tool_calls: request['parallel_tool_calls'],
        reasoning_effort: request['reasoning_effort'] ?? object(request['reasoning'])['effort'],
        response_format: formatOf(request['response_format']),
        modalities: JSON.stringify(request['modalities']),
        web_search: isJson(request['web_search_options']) || undefined,
      },
      DEFAULTS,
    ),
  };
}

function turnOf(message: Json): Turn {
  const content = message['content'];
  if (message['role'] === 'tool' || message['role'] === 'function')
    return {
      ...emptyTurn('user'),
      results: [`${text(message['tool_call_id'])} ${contentText(content)}`],
    };
  const parts = objects(content);
  return {
    ...emptyTurn(message['role'] === 'assistant' ? 'assistant' : 'user'),
    text: contentText(content),
    media: parts.filter((part) => part['type'] !== 'text' && part['type'] !== 'thinking').length,
    calls: objects(message['tool_calls']).map((call) => {
      const called = object(call['function']);
      const given = parse(text(called['arguments'])) ?? called['arguments'];
      return `${text(call['id'])} ${callText(called['name'], given)}`;
    }),
    signatures: objects(message['reasoning_details'])
      .map((detail) => text(detail['signature'] ?? detail['data']))
      .filter((signature) => signature !== ''),
    thoughts: text(message['reasoning_content']),
  };
}

function contentText(content: unknown): string {
  return (
    text(content) ||
    objects(content)
      .map((part) => text(part['text']))
      .join('')
  );
}

function choiceOf(choice: unknown): unknown {
  if (!isJson(choice)) return CHOICES[text(choice)] ?? choice;
  return `function ${text(object(choice['function'])['name'])}`;
}

function formatOf(format: unknown): string | undefined {
  const type = text(object(format)['type']);
  return type === '' || type === 'text' ? undefined : type;
}
