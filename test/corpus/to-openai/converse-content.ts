import { defined, isJson, object, objects, text, type Json } from '../json.js';
import type { Losses } from './mapped-request.js';

const SIGNED = 'anthropic-claude-v1';

/** A turn as messages: results of tools are messages of their own, before what else the user says. */
export function converseMessage(message: Json, losses: Losses): Json[] {
  const blocks = marked(objects(message['content']));
  if (message['role'] === 'assistant') return [assistant(blocks)];
  const results = blocks
    .filter((block) => isJson(block['toolResult']))
    .map((block) => toolMessage(block, losses));
  const parts = blocks
    .filter((block) => !isJson(block['toolResult']))
    .map((block) => partOf(block, losses));
  return [...results, ...(parts.length > 0 ? [{ role: 'user', content: parts }] : [])];
}

/** Marks for the cache stand in what they hold for, not behind it. */
export function marked(blocks: readonly Json[]): Json[] {
  const kept: Json[] = [];
  for (const block of blocks) {
    const last = kept.at(-1);
    if (!isJson(block['cachePoint'])) kept.push({ ...block });
    else if (last) last['cache_control'] = { type: 'ephemeral' };
  }
  return kept;
}

function assistant(blocks: readonly Json[]): Json {
  const texts = blocks
    .filter((block) => typeof block['text'] === 'string')
    .map((block) => ({ type: 'text', text: block['text'] }));
  const calls = blocks
    .map((block) => block['toolUse'])
    .filter(isJson)
    .map(({ toolUseId: id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(input ?? {}) },
    }));
  const details = blocks
    .map((block) => block['reasoningContent'])
    .filter(isJson)
    .map(reasoningDetail);
  return defined({
    role: 'assistant',
    content: texts.length > 0 ? texts : null,
    tool_calls: calls.length > 0 ? calls : undefined,
    reasoning_details: details.length > 0 ? details : undefined,
  });
}

function reasoningDetail(thought: Json): Json {
  const { text: words, signature } = object(thought['reasoningText']);
  const { redactedContent: blob } = thought;
  if (blob === undefined) return { type: 'reasoning.text', text: words, signature, format: SIGNED };
  const data = Buffer.from(text(blob), 'base64').toString('latin1');
  return { type: 'reasoning.encrypted', data, format: SIGNED };
}

function toolMessage({ toolResult, cache_control }: Json, losses: Losses): Json {
  const { toolUseId, content } = object(toolResult);
  const parts = objects(content);
  const only = parts.length === 1 ? parts[0]?.['text'] : undefined;
  return defined({
    role: 'tool',
    tool_call_id: toolUseId,
    content: typeof only === 'string' ? only : parts.map((part) => resultPart(part, losses)),
    cache_control,
  });
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
};

function partOf(block: Json, losses: Losses): Json {
  const { cache_control, ...native } = block;
  const kept = defined({ cache_control });
  if (typeof native['text'] === 'string') return { type: 'text', text: native['text'], ...kept };
  const [kind = ''] = Object.keys(native);
  const { format, name, source } = object(native[kind]);
  const { bytes, s3Location } = object(source);
  const uri = text(object(s3Location)['uri']);
  const type = MEDIA_TYPES[text(format)] ?? `image/${text(format)}`;
  const place = uri || `data:${type};base64,${text(bytes)}`;
  if (kind === 'image') return { type: 'image_url', image_url: { url: place }, ...kept };
  if (kind === 'document')
    return { type: 'file', file: { filename: name, file_data: place }, ...kept };
  losses.add(`block ${kind}`);
  return { type: 'text', text: guardedText(native), ...kept };
}

/** What OpenAI's shape has no part for is told as text. */
function resultPart(part: Json, losses: Losses): Json {
  if (typeof part['text'] === 'string') return { type: 'text', text: part['text'] };
  losses.add(`result ${Object.keys(part).join()}`);
  return { type: 'text', text: JSON.stringify(part) };
}

/** The words that a guardrail is to look at. */
export function guardedText(block: Json): string {
  return text(object(object(block['guardContent'])['text'])['text']);
}
