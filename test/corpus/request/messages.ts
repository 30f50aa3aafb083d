import { object, objects, text, type Json } from '../json.js';
import {
  callText,
  emptyTurn,
  mergedTurns,
  parameters,
  toolOutline,
  type Outline,
  type Turn,
} from './outline.js';

/** Sources that OpenAI's shape can carry; a file id of Anthropic's own is not among them. */
const CARRIED = new Set(['base64', 'url', 'text']);

/** The outline of a request of Anthropic's Messages. */
export function outlineMessages(request: Json): Outline {
  const messages = objects(request['messages']);
  const choice = object(request['tool_choice']);
  const later = messages
    .filter((message) => message['role'] === 'system')
    .map((message) => contentText(message['content']));
  return {
    system: [contentText(request['system']), ...later].join(''),
    turns: mergedTurns(messages.filter((message) => message['role'] !== 'system').map(turnOf)),
    tools: objects(request['tools'])
      .filter((tool) => 'input_schema' in tool)
      .map((tool) => toolOutline(tool['name'], tool['description'], tool['input_schema'])),
    parameters: parameters(
      {
        max_tokens: request['max_tokens'],
        temperature: request['temperature'],
        top_p: request['top_p'],
        stop: Array.isArray(request['stop_sequences'])
          ? JSON.stringify(request['stop_sequences'])
          : undefined,
        tool_choice: choice['type'] === 'tool' ? `tool ${text(choice['name'])}` : choice['type'],
        one_call: choice['disable_parallel_tool_use'],
        thinks: thinks(object(request['thinking'])),
        response_format: object(object(request['output_config'])['format'])['type'],
        own_tools: ownTools(request),
      },
      { temperature: 1, top_p: 1, tool_choice: 'auto', one_call: false, stop: '[]', own_tools: '' },
    ),
  };
}

/** Newer models take an effort where older ones take a number of tokens; both think. */
function thinks(thinking: Json): boolean | undefined {
  return thinking['type'] === 'enabled' || thinking['type'] === 'adaptive' || undefined;
}

/** Anthropic's own tools without the date of their version. */
function ownTools(request: Json): string {
  const types = objects(request['tools']).filter((tool) => !('input_schema' in tool));
  return types.map((tool) => text(tool['type']).replace(/_\d{8}$/, '')).join();
}

function turnOf(message: Json): Turn {
  const side = message['role'] === 'assistant' ? 'assistant' : 'user';
  const blocks = objects(message['content']);
  const of = (type: string): Json[] => blocks.filter((block) => block['type'] === type);
  return {
    ...emptyTurn(side),
    text: contentText(message['content']),
    media: [...of('image'), ...of('document')].filter((block) =>
      CARRIED.has(text(object(block['source'])['type'])),
    ).length,
    calls: of('tool_use').map(
      (block) => `${text(block['id'])} ${callText(block['name'], block['input'])}`,
    ),
    results: of('tool_result').map(
      (block) => `${text(block['tool_use_id'])} ${resultText(block['content'])}`,
    ),
    signatures: [
      ...of('thinking').map((block) => text(block['signature'])),
      ...of('redacted_thinking').map((block) => text(block['data'])),
    ],
  };
}

function contentText(content: unknown): string {
  const texts = objects(content).filter((block) => block['type'] === 'text');
  return text(content) || texts.map((block) => text(block['text'])).join('');
}

/** What is no text was told to the gateway as text. */
function resultText(content: unknown): string {
  return (
    text(content) ||
    objects(content)
      .map((block) => (block['type'] === 'text' ? text(block['text']) : JSON.stringify(block)))
      .join('')
  );
}
