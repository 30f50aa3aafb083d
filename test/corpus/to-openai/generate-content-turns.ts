import { defined, isJson, object, objects, text, type Json } from '../json.js';
import type { Losses } from './mapped-request.js';

/** The `format` of reasoning that Google signed. */
const SIGNED = 'google-gemini-v1';

/** A part with the names of its fields in the REST form, whichever of the two its client used. */
function restNames(part: Json): Json {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** The turns of a conversation. Calls without an id get one as the gateway makes them, and results find them by name. */
export function contentMessages(contents: readonly Json[], losses: Losses): Json[] {
  const open: { readonly id: string; readonly name: string }[] = [];
  let given = 0;
  return contents.flatMap((content) => {
    const parts = objects(content['parts']).map(restNames);
    if (content['role'] !== 'model') return userMessages(parts, open, losses);
    const calls = parts
      .filter((part) => isJson(part['functionCall']))
      .map((part) => toolCall(part, `call_0_${given++}`));
    open.push(
      ...calls.map((call) => ({
        id: text(call['id']),
        name: text(object(call['function'])['name']),
      })),
    );
    return [modelMessage(parts, calls)];
  });
}

function modelMessage(parts: readonly Json[], calls: readonly Json[]): Json {
  const content = parts.map(spoken).join('');
  const details = reasoningDetails(parts);
  return defined({
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    tool_calls: calls.length > 0 ? calls : undefined,
    reasoning_details: details.length > 0 ? details : undefined,
  });
}

function spoken(part: Json): string {
  return part['thought'] === true ? '' : text(part['text']);
}

function toolCall(part: Json, madeUp: string): Json {
  const call = object(part['functionCall']);
  const signature = part['thoughtSignature'];
  return defined({
    id: text(call['id']) || madeUp,
    type: 'function',
    function: { name: call['name'], arguments: JSON.stringify(call['args'] ?? {}) },
    extra_content:
      typeof signature === 'string' ? { google: { thought_signature: signature } } : undefined,
  });
}

/** Thoughts, signatures of text and runs of built-in tools, as the gateway hands them out, with their places. */
function reasoningDetails(parts: readonly Json[]): Json[] {
  const details: Json[] = [];
  let length = 0;
  for (const part of parts) {
    const { thoughtSignature: signature, thought, ...rest } = part;
    const place = {
      format: SIGNED,
      index: details.length,
      ...(length === 0 ? {} : { start_index: length }),
    };
    const words = spoken(part);
    if (thought === true)
      details.push(
        defined({ type: 'reasoning.text', text: text(part['text']), signature, ...place }),
      );
    else if (isJson(part['functionCall'])) continue;
    else if (!('text' in part))
      details.push(defined({ type: 'reasoning.encrypted', data: signature, part: rest, ...place }));
    else if (signature !== undefined) {
      details.push({
        type: 'reasoning.encrypted',
        data: signature,
        ...place,
        end_index: length + words.length,
      });
    }
    length += words.length;
  }
  return details;
}

function userMessages(
  parts: readonly Json[],
  open: { id: string; name: string }[],
  losses: Losses,
): Json[] {
  const responses = parts
    .filter((part) => isJson(part['functionResponse']))
    .map((part) => object(part['functionResponse']));
  const others = parts.filter((part) => !isJson(part['functionResponse']));
  const media = responses.flatMap((response) => objects(response['parts']).map(restNames));
  const content = [...others, ...media].flatMap((part) => partOf(part, losses));
  const results = responses.map((response) => ({
    role: 'tool',
    tool_call_id: text(response['id']) || idFor(text(response['name']), open),
    content: JSON.stringify(response['response'] ?? {}),
  }));
  return [
    ...results,
    ...(content.length > 0 || results.length === 0 ? [{ role: 'user', content }] : []),
  ];
}

/** The first call by that name which has no result yet. */
function idFor(name: string, open: { id: string; name: string }[]): string {
  const position = open.findIndex((call) => call.name === name);
  return position < 0 ? 'call_0' : (open.splice(position, 1)[0]?.id ?? 'call_0');
}

const AUDIO: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
};

function partOf(part: Json, losses: Losses): Json[] {
  if (typeof part['text'] === 'string') return [{ type: 'text', text: part['text'] }];
  const inline = restNames(object(part['inlineData']));
  const stored = restNames(object(part['fileData']));
  const type = text(inline['mimeType'] ?? stored['mimeType']);
  const data = text(inline['data']);
  const url = data === '' ? text(stored['fileUri']) : `data:${type};base64,${data}`;
  if (url === '') {
    losses.add(`part ${Object.keys(part)[0]}`);
    return [];
  }
  if (type.startsWith('image/')) return [{ type: 'image_url', image_url: { url } }];
  const format = AUDIO[type];
  if (format && data !== '') return [{ type: 'input_audio', input_audio: { data, format } }];
  return [{ type: 'file', file: { file_data: url, filename: 'document' } }];
}
