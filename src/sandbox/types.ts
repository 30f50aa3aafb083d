import type { Directives } from './directives.js';
import type { JsonObject } from './json-read.js';

export type Protocol = 'openai' | 'anthropic' | 'gemini';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

export interface ToolSpec {
  readonly name: string;
  readonly schema: unknown;
}

export type ToolChoice =
  | { readonly mode: 'auto' | 'none' | 'required' }
  | { readonly mode: 'named'; readonly name: string };

export type ResponseFormat =
  { readonly kind: 'json_object' } | { readonly kind: 'json_schema'; readonly schema: unknown };

/** What the three wire formats have in common, as far as the sandbox cares. */
export interface SandboxRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  readonly parallelTools: boolean;
  readonly responseFormat?: ResponseFormat | undefined;
  readonly maxTokens?: number | undefined;
  readonly n: number;
  readonly stop: readonly string[];
  readonly directives: Directives;
  /** The provider itself is asked to search the web. */
  readonly searches?: boolean | undefined;
}

export interface ToolCall {
  readonly name: string;
  /** The JSON text of the arguments in the pieces in which it is streamed. */
  readonly pieces: readonly string[];
  /** False when the token limit cut the arguments short. */
  readonly complete: boolean;
}

export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal';

/** One alternative answer. Every string in `reasoning` and `text` is one token. */
export interface Choice {
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finish: Finish;
  readonly stopSequence?: string | undefined;
}

export interface Usage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Everything generated, reasoning included. */
  readonly completionTokens: number;
  readonly reasoningTokens: number;
}

export interface Reply {
  readonly choices: readonly Choice[];
  readonly usage: Usage;
}

/** One server-sent event, ready to be written. */
export interface Frame {
  readonly data: string;
  /** Completion tokens it carries; 0 marks an event that is not content. */
  readonly tokens: number;
  readonly reasoning: boolean;
}

/** Everything a wire format needs to write an answer. */
export interface Answer {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly body: JsonObject;
  readonly request: SandboxRequest;
  readonly reply: Reply;
}

/** An error before it is put in the words of a protocol. */
export interface Refusal {
  readonly status: number;
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly retryAfter?: number | undefined;
}

/** What the URL already says about a call. */
export interface Target {
  readonly model?: string | undefined;
  readonly stream?: boolean | undefined;
}

/** One wire format: native request in, native answer out. */
export interface Dialect {
  readonly protocol: Protocol;
  /** Never throws: what is malformed is read as absent and reported by `check`. */
  parse(body: JsonObject, target: Target): SandboxRequest;
  check(body: JsonObject, request: SandboxRequest): Refusal | undefined;
  whole(answer: Answer): string;
  frames(answer: Answer): Iterable<Frame>;
}
