import { isJson, object, objects, text, type Json } from '../json.js';
import { assembled } from '../reading/messages.js';
import { pieces } from './pieces.js';

/** A stream of Anthropic's Messages that says what a JSON answer says. */
export function messagesStream(body: Json): string {
  const { content, stop_reason: stop, stop_sequence: sequence, usage, ...rest } = body;
  const { output_tokens: output, ...counts } = object(usage);
  const message = {
    ...rest,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...object(usage), output_tokens: 1 },
  };
  const events: Json[] = [
    { type: 'message_start', message },
    { type: 'ping' },
    ...objects(content).flatMap((block, index) =>
      blockEvents(block).map((event) => ({ ...event, index })),
    ),
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: sequence },
      usage: { ...counts, output_tokens: output },
    },
    { type: 'message_stop' },
  ];
  return events
    .map((event) => `event: ${text(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

function blockEvents(block: Json): Json[] {
  const { opening, deltas } = spelled(block);
  return [
    { type: 'content_block_start', content_block: opening },
    ...deltas.map((delta) => ({ type: 'content_block_delta', delta })),
    { type: 'content_block_stop' },
  ];
}

/** The block as it opens, and the deltas that fill it; a block that is not streamed piece by piece opens whole. */
function spelled(block: Json): { opening: Json; deltas: Json[] } {
  const cited = objects(block['citations']).map((citation) => ({
    type: 'citations_delta',
    citation,
  }));
  switch (block['type']) {
    case 'text':
      return {
        opening: cited.length > 0 ? { ...block, text: '', citations: [] } : { ...block, text: '' },
        deltas: [
          ...pieces(text(block['text'])).map((piece) => ({ type: 'text_delta', text: piece })),
          ...cited,
        ],
      };
    case 'thinking':
      return {
        opening: { ...block, thinking: '', signature: '' },
        deltas: [
          ...pieces(text(block['thinking'])).map((piece) => ({
            type: 'thinking_delta',
            thinking: piece,
          })),
          { type: 'signature_delta', signature: text(block['signature']) },
        ],
      };
    case 'tool_use':
    case 'server_tool_use':
      return {
        opening: { ...block, input: {} },
        deltas: pieces(inputText(block)).map((piece) => ({
          type: 'input_json_delta',
          partial_json: piece,
        })),
      };
    default:
      return { opening: block, deltas: [] };
  }
}

/** Anthropic streams nothing for an empty input. */
function inputText(block: Json): string {
  const input = block['input'];
  return isJson(input) && Object.keys(input).length === 0 ? '' : JSON.stringify(input);
}

/** A JSON answer that says what the events of a stream say. */
export function messagesBody(payloads: readonly Json[]): Json | undefined {
  return assembled(payloads);
}
