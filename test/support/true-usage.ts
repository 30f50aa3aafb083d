import fc from 'fast-check';
import type { ChatMessage, ChatRequest, ContentPart } from '../../src/core/chat.js';
import type { Usage } from '../../src/core/usage.js';

/**
 * What OpenAI counts around the pieces of a request: three a message and three before the answer, one for a name
 * (OpenAI Cookbook, how to count tokens), and about as many around functions and their calls.
 */
const MESSAGE_TOKENS = 3;
const ANSWER_TOKENS = 3;
const TOOLS_TOKENS = 12;
const CALL_TOKENS = 8;
/** gpt-4o: 85, and 170 for each tile of at most eight (platform.openai.com/docs/guides/images-vision). */
const LOW_IMAGE = 85;
const TILE = 170;
const TILES = 8;
/** Ten tokens a second. */
const AUDIO_PER_CHARACTER = { wav: 10 / 64_000, mp3: 10 / 10_700 } as const;

interface Counted {
  text: number;
  images: number;
  audio: number;
}

/** The input of a request as a provider counts it, by a tokenizer. */
function inputOf(request: ChatRequest, tokensOf: (text: string) => number): Counted {
  const counted: Counted = { text: ANSWER_TOKENS, images: 0, audio: 0 };
  for (const message of request.messages) countMessage(message, counted, tokensOf);
  if (request.tools)
    counted.text +=
      TOOLS_TOKENS + tokensOf(request.tools.map((tool) => JSON.stringify(tool)).join('\n'));
  if (request.response_format) counted.text += tokensOf(JSON.stringify(request.response_format));
  return counted;
}

function countMessage(
  { role, content, name, tool_calls: calls = [] }: ChatMessage,
  counted: Counted,
  tokensOf: (text: string) => number,
): void {
  counted.text += MESSAGE_TOKENS + tokensOf(role);
  if (name !== undefined) counted.text += 1 + tokensOf(name);
  if (typeof content === 'string') counted.text += tokensOf(content);
  else for (const part of content ?? []) countPart(part, counted, tokensOf);
  for (const { function: called } of calls)
    counted.text += CALL_TOKENS + tokensOf(called.name) + tokensOf(called.arguments);
}

function countPart(part: ContentPart, counted: Counted, tokensOf: (text: string) => number): void {
  if (part.type === 'text') counted.text += tokensOf(part.text);
  if (part.type === 'image_url')
    counted.images += LOW_IMAGE + (part.image_url.detail === 'low' ? 0 : TILES * TILE);
  if (part.type === 'input_audio') {
    const { data, format } = part.input_audio;
    counted.audio += Math.ceil(data.length * (AUDIO_PER_CHARACTER[format as 'wav'] ?? 0));
  }
}

/** Any usage that a request can lead to: an answer of any length, read from a cache, thought about, in any tier. */
export function usageOf(
  request: ChatRequest,
  longestAnswer: number,
  tokensOf: (text: string) => number,
): fc.Arbitrary<Usage> {
  const { text, images, audio } = inputOf(request, tokensOf);
  const promptTokens = text + images + audio;
  const longest = (request.max_tokens ?? longestAnswer) * (request.n ?? 1);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const length = fc.oneof(fc.constant(longest), fc.integer({ min: 0, max: longest }));
  return fc
    .tuple(length, share, share, tierOf(request))
    .map(([completionTokens, cached, thought, serviceTier]) => ({
      ...{ promptTokens, completionTokens, serviceTier },
      cachedTokens: Math.floor(cached * text),
      reasoningTokens: Math.floor(thought * completionTokens),
      ...(images > 0 ? { promptImageTokens: images } : {}),
      ...(audio > 0 ? { promptAudioTokens: audio } : {}),
    }));
}

/** Asked for none in particular, a provider chooses; else it is that one or the default. */
function tierOf({ service_tier: asked }: ChatRequest): fc.Arbitrary<string> {
  if (asked === undefined || asked === 'auto')
    return fc.constantFrom('default', 'flex', 'priority');
  return fc.constantFrom(asked, 'default');
}
