import { defined, object, objects, text, type Json } from '../json.js';
import type { Losses } from './mapped-request.js';

/** The `format` of reasoning that Anthropic signed. */
const SIGNED = 'anthropic-claude-v1';

/** An assistant's turn: text, calls and thoughts, the latter as the gateway hands them out. */
export function assistantMessage(message: Json, losses: Losses): Json {
  if (typeof message['content'] === 'string')
    return { role: 'assistant', content: message['content'] };
  const blocks = objects(message['content']);
  const of = (type: string): Json[] => blocks.filter((block) => block['type'] === type);
  for (const block of blocks)
    if (!ASSISTANT_BLOCKS.has(text(block['type']))) losses.add(`block ${text(block['type'])}`);
  const texts = of('text');
  const calls = of('tool_use').map(toolCall);
  const details = blocks.flatMap(reasoningDetail);
  return defined({
    role: 'assistant',
    content: texts.length === 0 ? (calls.length > 0 ? null : '') : texts,
    tool_calls: calls.length > 0 ? calls : undefined,
    reasoning_details: details.length > 0 ? details : undefined,
  });
}

const ASSISTANT_BLOCKS = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking']);

function toolCall(block: Json): Json {
  const source = JSON.stringify(block['input'] ?? {});
  return {
    id: block['id'],
    type: 'function',
    function: { name: block['name'], arguments: source },
  };
}

function reasoningDetail(block: Json, index: number): Json[] {
  if (block['type'] === 'thinking') {
    return [
      {
        type: 'reasoning.text',
        text: block['thinking'],
        signature: block['signature'],
        format: SIGNED,
        index,
      },
    ];
  }
  if (block['type'] === 'redacted_thinking') {
    return [{ type: 'reasoning.encrypted', data: block['data'], format: SIGNED, index }];
  }
  return [];
}

/** A user's turn: results of tools are messages of their own, before what else the user says. */
export function userMessages(message: Json, losses: Losses): Json[] {
  const role = text(message['role']);
  if (typeof message['content'] === 'string') return [{ role, content: message['content'] }];
  const blocks = objects(message['content']);
  const results = blocks.filter((block) => block['type'] === 'tool_result');
  const parts = blocks
    .filter((block) => block['type'] !== 'tool_result')
    .flatMap((block) => partOf(block, losses));
  const toolMessages = results.map((result) => ({
    role: 'tool',
    tool_call_id: result['tool_use_id'],
    content: resultContent(result['content'], losses),
  }));
  return [...toolMessages, ...(parts.length > 0 ? [{ role, content: parts }] : [])];
}

/** What a tool said; OpenAI's shape has no other parts than text there, so that the rest is told as text. */
function resultContent(content: unknown, losses: Losses): unknown {
  if (!Array.isArray(content)) return text(content);
  return objects(content).map((block) => {
    if (block['type'] === 'text') return block;
    losses.add(`result ${text(block['type'])}`);
    return { type: 'text', text: JSON.stringify(block) };
  });
}

function partOf(block: Json, losses: Losses): Json[] {
  const source = object(block['source']);
  const kept = defined({ cache_control: block['cache_control'] });
  if (block['type'] === 'text') return [block];
  const data = dataUrl(source);
  if (data === undefined) {
    losses.add(`${text(block['type'])} by ${text(source['type'])}`);
    return [];
  }
  if (block['type'] === 'image') return [{ type: 'image_url', image_url: { url: data }, ...kept }];
  return [
    {
      type: 'file',
      file: { file_data: data, filename: text(block['title']) || 'document.pdf' },
      ...kept,
    },
  ];
}

function dataUrl(source: Json): string | undefined {
  const type = text(source['media_type']) || 'text/plain';
  if (source['type'] === 'base64') return `data:${type};base64,${text(source['data'])}`;
  if (source['type'] === 'text')
    return `data:${type};base64,${Buffer.from(text(source['data'])).toString('base64')}`;
  return source['type'] === 'url' ? text(source['url']) : undefined;
}
