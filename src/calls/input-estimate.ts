import type { ChatRequest } from '../core/chat.js';
import type { ProtocolId } from '../core/provider.js';
import type { Target } from '../core/target.js';
import { inputSizeOf, type InputSize } from './input-size.js';
import { textTokensHigh } from './text-tokens.js';

/**
 * What providers add to a request: a system prompt of their own (xAI 160 tokens, gpt-oss 75), a template around each
 * message and tool (up to 10), and around tools as such (Mistral's and Anthropic's go up to 1,000). Measured on
 * recorded answers.
 */
const CALL_TOKENS = 192;
const PIECE_TOKENS = 16;
const TOOLS_TOKENS = 1_024;

/** platform.openai.com/docs/guides/images-vision; Anthropic's largest is 4,784 (docs.anthropic.com, vision). */
const IMAGE_TOKENS = 5_120;
const ORIGINAL_IMAGE_TOKENS = 12_288;
/** The same image is counted as 33 times as many tokens by this family, each at a 33rd of the price. */
const DEAR_IMAGES = { models: 'gpt-4o-mini', tokens: 49_152, low: 2_880 } as const;

/** Gemini counts 32 tokens a second, others less; so slow is uncompressed speech at least, and compressed speech. */
const AUDIO_TOKENS_PER_SECOND = 32;
const BASE64_PER_SECOND_RAW = 10_600;
const BASE64_PER_SECOND_PACKED = 2_600;
const AUDIO_TOKENS = 64;

/** A page of a document is text and image; a file that is only named may be of any length. */
const FILE_TOKENS = 8_192;
const BASE64_PER_FILE_TOKEN = 4;
const NAMED_FILE_TOKENS = 65_536;

/** What searches find is read again with each further one: ten came to 404,500 tokens (recorded). */
const SEARCH_TOKENS = 40_960;
const READ_AGAIN: ReadonlySet<ProtocolId> = new Set(['anthropic-messages', 'responses']);
/** A catalogue may tell a window as smaller than it is. */
const WINDOW_MARGIN = 1.25;

const CHARACTERS_PER_TOKEN = 4;
const MEDIA_TOKENS_LIKELY = 800;

/** The most that the input of a request can be at a target. */
export interface InputBounds {
  readonly tokens: number;
  /** As much of them can be anything but text. */
  readonly mediaTokens: number;
  readonly searches: number;
}

/** At least as many tokens as any provider makes of the input. What is longer than the window is refused there. */
export function inputBounds(size: InputSize, { offer, provider }: Target): InputBounds {
  const text =
    textTokensHigh(size.texts, size.bytes) +
    CALL_TOKENS +
    size.pieces * PIECE_TOKENS +
    (size.hasTools ? TOOLS_TOKENS : 0);
  const media = size.media === 0 ? 0 : mediaTokensHigh(size, offer.modelId);
  // These two count all that their searches find as input; elsewhere there is room enough in one search.
  const { searches } = size;
  const found = READ_AGAIN.has(provider.protocol) ? searches : Math.min(1, searches);
  const window = (offer.contextWindow ?? Infinity) * WINDOW_MARGIN;
  const sent = Math.ceil(Math.min(text + media, window));
  return {
    tokens: sent + (found + size.serverTools) * SEARCH_TOKENS,
    mediaTokens: Math.min(media, sent),
    searches,
  };
}

function mediaTokensHigh({ images, audio, files }: InputSize, model: string): number {
  return (
    sum(images.map((detail) => imageTokensHigh(detail, model))) +
    sum(audio.map(audioTokensHigh)) +
    sum(files.map(fileTokensHigh))
  );
}

function imageTokensHigh(detail: string, model: string): number {
  if (model.startsWith(DEAR_IMAGES.models))
    return detail === 'low' ? DEAR_IMAGES.low : DEAR_IMAGES.tokens;
  return detail === 'original' ? ORIGINAL_IMAGE_TOKENS : IMAGE_TOKENS;
}

function audioTokensHigh({ format, length }: InputSize['audio'][number]): number {
  const perSecond = format === 'wav' ? BASE64_PER_SECOND_RAW : BASE64_PER_SECOND_PACKED;
  return AUDIO_TOKENS + Math.ceil((length / perSecond) * AUDIO_TOKENS_PER_SECOND);
}

function fileTokensHigh(length: number): number {
  if (length === 0) return NAMED_FILE_TOKENS;
  return FILE_TOKENS + Math.ceil(length / BASE64_PER_FILE_TOKEN);
}

/**
 * About as many tokens as the input has, for a call whose provider does not tell. `added`: characters of text that came
 * to it.
 */
export function inputTokensLikely(request: ChatRequest, added = 0): number {
  const size = inputSizeOf(request);
  return (
    Math.ceil((size.characters + added) / CHARACTERS_PER_TOKEN) + size.media * MEDIA_TOKENS_LIKELY
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
