import { defined, object, objects, text, type Json } from '../json.js';
import type { Losses } from './mapped-request.js';

/** The messages that an input stands for; thoughts are handed back as the gateway gave them. */
export function messagesOfInput(request: Json, format: string, losses: Losses): Json[] {
  const { input, instructions } = request;
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : objects(input);
  const messages: Json[] =
    typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : [];
  for (const item of items) addItem(messages, item, format, losses);
  return messages;
}

function addItem(messages: Json[], item: Json, format: string, losses: Losses): void {
  const { type, role, call_id: id } = item;
  if (type === 'reasoning')
    turn(messages, isThinking)['reasoning_details'] = [
      ...objects(messages.at(-1)?.['reasoning_details']),
      ...details(item, messages.length, format),
    ];
  else if (type === 'function_call')
    turn(messages, isTurn)['tool_calls'] = [
      ...objects(messages.at(-1)?.['tool_calls']),
      { id, type: 'function', function: { name: item['name'], arguments: item['arguments'] } },
    ];
  else if (type === 'function_call_output')
    messages.push({ role: 'tool', tool_call_id: id, content: content(item['output'], losses) });
  else if (role === 'assistant')
    turn(messages, isThinking)['content'] = content(item['content'], losses);
  else if (role !== undefined && item['content'] !== undefined)
    messages.push({ role, content: content(item['content'], losses) });
  else losses.add(`item ${text(type)}`);
}

/** The assistant's turn that goes on, if it may, else a new one. */
function turn(messages: Json[], mayGoOn: (message: Json) => boolean): Json {
  const last = messages.at(-1);
  if (last && mayGoOn(last)) return last;
  const next: Json = { role: 'assistant', content: null };
  messages.push(next);
  return next;
}

function isTurn({ role }: Json): boolean {
  return role === 'assistant';
}

/** A turn that has neither spoken nor called. */
function isThinking(message: Json): boolean {
  return isTurn(message) && message['content'] === null && message['tool_calls'] === undefined;
}

function details(item: Json, turnNumber: number, format: string): Json[] {
  // Two items of a turn must not be taken for one.
  const id = text(item['id']) || `rs_${turnNumber}_${text(item['encrypted_content']).slice(-8)}`;
  const summaries = objects(item['summary']).map((part) => ({
    type: 'reasoning.summary',
    summary: part['text'],
    id,
    format,
  }));
  const data = item['encrypted_content'];
  return [...summaries, { type: 'reasoning.encrypted', data, id, format }];
}

function content(value: unknown, losses: Losses): unknown {
  if (!Array.isArray(value)) return value;
  return objects(value).flatMap((part): Json[] => {
    const type = text(part['type']);
    if (type.endsWith('_text')) return [{ type: 'text', text: part['text'] }];
    if (type === 'input_image')
      return [
        {
          type: 'image_url',
          image_url: defined({ url: part['image_url'], detail: part['detail'] }),
        },
      ];
    if (type === 'input_file') return [{ type: 'file', file: fileOf(part) }];
    losses.add(`part ${type}`);
    return [];
  });
}

function fileOf(part: Json): Json {
  const { file_data: data, file_url: url, file_id: id, filename } = object(part);
  return defined({ file_data: data ?? url, file_id: id, filename });
}
