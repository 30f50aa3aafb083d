import type { ChatRequest } from '../core/chat.js';

/** Tokens of what surrounds a message or a tool in the provider's own template. */
const OVERHEAD_TOKENS = 16;
/** More than any provider counts for one image, audio clip or file that the request does not carry as text. */
const MEDIA_TOKENS_HIGH = 4_096;
const MEDIA_TOKENS_LIKELY = 800;
const CHARACTERS_PER_TOKEN = 4;

interface InputSize {
  readonly characters: number;
  readonly bytes: number;
  readonly pieces: number;
  readonly media: number;
  /** Bytes of inline media, base64. */
  readonly mediaBytes: number;
}

function sizeOf(request: ChatRequest): InputSize {
  const size = { characters: 0, bytes: 0, pieces: 0, media: 0, mediaBytes: 0 };
  const text = (value: unknown): void => {
    if (typeof value !== 'string') return;
    size.characters += value.length;
    size.bytes += Buffer.byteLength(value);
  };
  for (const message of request.messages) {
    size.pieces++;
    text(message.name);
    text(message.reasoning);
    if (message.reasoning_details) text(JSON.stringify(message.reasoning_details));
    if (Array.isArray(message.content)) {
      for (const part of message.content) {
        if (part.type === 'text') text(part.text);
        else {
          size.media++;
          size.mediaBytes += JSON.stringify(part).length;
        }
      }
    } else text(message.content);
    for (const call of message.tool_calls ?? []) {
      text(call.function.name);
      text(call.function.arguments);
    }
  }
  for (const field of ['tools', 'response_format'] as const) {
    if (request[field] === undefined) continue;
    size.pieces++;
    text(JSON.stringify(request[field]));
  }
  return size;
}

/** At least as many tokens as any tokenizer makes of the input: one a byte, and a high flat rate for media. */
export function inputTokensHigh(request: ChatRequest): number {
  const size = sizeOf(request);
  const media = size.media * MEDIA_TOKENS_HIGH + Math.ceil(size.mediaBytes / 16);
  return size.bytes + (size.pieces + 1) * OVERHEAD_TOKENS + media;
}

/** About as many tokens as the input has, for a call whose provider does not tell. */
export function inputTokensLikely(request: ChatRequest): number {
  const size = sizeOf(request);
  return Math.ceil(size.characters / CHARACTERS_PER_TOKEN) + size.media * MEDIA_TOKENS_LIKELY;
}
