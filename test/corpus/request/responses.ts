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

const SYSTEM = new Set(['system', 'developer']);
const DEFAULTS: Json = {
  temperature: 1,
  top_p: 1,
  tool_choice: 'auto',
  parallel_tool_calls: true,
  web_search: '[]',
  response_format: '{}',
};

/** The outline of a request of the Responses API. */
export function outlineResponses(request: Json): Outline {
  const { input, instructions } = request;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : objects(input);
  const isSystem = (item: Json): boolean => SYSTEM.has(text(item['role']));
  const said = items.filter(isSystem).map((item) => contentText(item['content']));
  const tools = objects(request['tools']);
  return {
    system: [text(instructions), ...said].join(''),
    turns: mergedTurns(items.filter((item) => !isSystem(item)).flatMap(turnOf)),
    tools: tools
      .filter(({ type }) => type === 'function')
      .map((tool) => toolOutline(tool['name'], tool['description'], tool['parameters'])),
    parameters: parameters(
      {
        max_tokens: request['max_output_tokens'],
        temperature: request['temperature'],
        top_p: request['top_p'],
        top_logprobs: request['top_logprobs'],
        tool_choice: choiceOf(request['tool_choice'], tools),
        parallel_tool_calls: request['parallel_tool_calls'],
        effort: object(request['reasoning'])['effort'],
        summary: object(request['reasoning'])['summary'],
        response_format: JSON.stringify(sorted(object(object(request['text'])['format']))),
        service_tier: request['service_tier'],
        web_search: JSON.stringify(tools.filter(({ type }) => type === 'web_search').map(sorted)),
      },
      DEFAULTS,
    ),
  };
}

/** Items of other tools of the provider are none of OpenAI's chat shape. */
function turnOf(item: Json): Turn[] {
  const id = text(item['call_id']);
  switch (item['type']) {
    case 'reasoning':
      return [{ ...emptyTurn('assistant'), signatures: [text(item['encrypted_content'])] }];
    case 'function_call': {
      const given = parse(text(item['arguments'])) ?? item['arguments'];
      return [{ ...emptyTurn('assistant'), calls: [`${id} ${callText(item['name'], given)}`] }];
    }
    case 'function_call_output':
      return [{ ...emptyTurn('user'), results: [`${id} ${contentText(item['output'])}`] }];
    default:
      return item['role'] === undefined ? [] : [messageTurn(item)];
  }
}

function messageTurn({ role, content }: Json): Turn {
  const side = role === 'assistant' ? 'assistant' : 'user';
  const media = objects(content).filter(({ type }) => !text(type).endsWith('_text'));
  return { ...emptyTurn(side), text: contentText(content), media: media.length };
}

function contentText(content: unknown): string {
  const parts = objects(content).map((part) => text(part['text']));
  return text(content) || parts.join('');
}

/** A choice among tools that cannot be asked for is none. */
function choiceOf(choice: unknown, tools: readonly Json[]): unknown {
  if (!tools.some(({ type }) => type === 'function' || type === 'web_search')) return undefined;
  return isJson(choice) ? `function ${text(choice['name'])}` : choice;
}

function sorted(tool: Json): Json {
  const entries = Object.entries(tool).map(([name, value]): [string, unknown] => [
    name,
    isJson(value) ? sorted(value) : value,
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
