import { object, objects, parse, text, type Json } from '../json.js';
import {
  callText,
  emptyTurn,
  mergedTurns,
  parameters,
  toolOutline,
  type Outline,
  type Turn,
} from './outline.js';

/** The outline of a request of Cohere's Chat API. */
export function outlineCohere(request: Json): Outline {
  const messages = objects(request['messages']);
  const isSystem = ({ role }: Json): boolean => role === 'system';
  const { documents, stop_sequences: stop } = request;
  return {
    system: messages.filter(isSystem).map(contentText).join(''),
    turns: mergedTurns(messages.filter((message) => !isSystem(message)).map(turnOf)),
    tools: objects(request['tools'])
      .map((tool) => object(tool['function']))
      .map((tool) => toolOutline(tool['name'], tool['description'], tool['parameters'])),
    parameters: parameters(
      {
        max_tokens: request['max_tokens'],
        temperature: request['temperature'],
        p: request['p'],
        k: request['k'],
        seed: request['seed'],
        stop: Array.isArray(stop) ? JSON.stringify(stop) : undefined,
        tool_choice: request['tool_choice'],
        documents: Array.isArray(documents) ? JSON.stringify(documents) : undefined,
        response_format: JSON.stringify(request['response_format']),
        thinks: object(request['thinking'])['type'],
      },
      { documents: '[]', stop: '[]' },
    ),
  };
}

function turnOf(message: Json): Turn {
  const side = message['role'] === 'assistant' ? 'assistant' : 'user';
  const calls = objects(message['tool_calls']).map((call) => {
    const { name, arguments: given } = object(call['function']);
    return `${text(call['id'])} ${callText(name, parse(text(given)))}`;
  });
  if (message['role'] === 'tool')
    return {
      ...emptyTurn(side),
      results: [`${text(message['tool_call_id'])} ${resultOf(message)}`],
    };
  const images = objects(message['content']).filter(({ type }) => type === 'image_url');
  return { ...emptyTurn(side), text: contentText(message), media: images.length, calls };
}

function contentText({ content }: Json): string {
  return (
    text(content) ||
    objects(content)
      .map((part) => text(part['text']))
      .join('')
  );
}

/** What is no text was told to the gateway as text. */
function resultOf({ content }: Json): string {
  const parts = objects(content).map((part) =>
    part['type'] === 'text' ? text(part['text']) : JSON.stringify(part),
  );
  return text(content) || parts.join('');
}
