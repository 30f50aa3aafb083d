import type { ChatChunk, ChatCompletion, ChatRequest } from '../core/chat.js';
import type { GatewayError } from '../core/errors.js';
import type { Principal } from '../core/principal.js';
import type { CostBasis, Usage } from '../core/usage.js';
import type { CallSignal } from './call-signal.js';
import type { HealingReport } from './healing/healing.js';
import type { WebSearchReport } from './web-search/outcome.js';

/** What a client told about its call beside the request itself. */
export interface CallContext {
  readonly clientRequestId: string | null;
  /** X-Source, else HTTP-Referer. */
  readonly source: string | null;
  readonly sessionId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** False with X-No-Fallback: the first target answers or nobody. */
  readonly allowFallback: boolean;
}

/** One request of a client. */
export interface Call {
  /** `tx_osm_` and a ULID; also the key of the request log. */
  readonly id: string;
  readonly endpoint: string;
  readonly principal: Principal;
  readonly request: ChatRequest;
  readonly context: CallContext;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The same moment on the monotonic clock, ms. */
  readonly startedTick: number;
  /** Aborts when the client leaves (reason CLIENT_GONE), the time is up or the gateway stops (a GatewayError). */
  readonly signal: CallSignal;
}

/** Reason of an abort: nobody reads the answer any more. */
export const CLIENT_GONE = new Error('the client left');

/** The gateway's own `metadata` of an answer. */
export interface ResponseMetadata {
  readonly requested_model: string;
  readonly requested_provider: string | null;
  readonly used_model: string;
  readonly used_provider: string;
  readonly underlying_used_model: string;
  readonly routing: {
    readonly attempts: readonly { provider: string; status: number; reason: string }[];
  };
  readonly charged: boolean;
  readonly dropped_params: readonly string[];
  readonly cost_basis: CostBasis;
  /** How the web was searched; absent where nobody asked for that. */
  readonly web_search?: WebSearchReport | undefined;
  /** What the plugins of the request did; absent where none had to do with the answer. */
  readonly plugins?: { readonly response_healing: HealingReport };
}

/** What the gateway adds to an answer. */
export interface AnswerFacts {
  readonly callId: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Canonical id of the model. */
  readonly model: string;
  readonly provider: string;
  readonly usage: Usage;
  /** `x-ratelimit-…` headers, names and values in turn. */
  readonly rateLimits: readonly string[];
  /** Field name and decimal USD, `cost_usd_total` first. */
  readonly costs: readonly (readonly [field: string, amount: string])[];
  readonly metadata: ResponseMetadata;
}

export interface CompletedAnswer {
  readonly completion: ChatCompletion;
  readonly facts: AnswerFacts;
}

/** What is known of an answer before it is complete. */
export type AnswerHeader = Pick<
  AnswerFacts,
  'callId' | 'created' | 'model' | 'provider' | 'rateLimits'
>;

/** The stream that a client reads. */
export interface ClientStream {
  /** Whether anything was sent; from then on an error can only be told inside the stream. */
  readonly isOpen: boolean;
  /** Whether what was written waits for the client to read it. */
  readonly isFull: boolean;
  /** Calls `listener` once when the client can take more, or has left. */
  onDrain(listener: () => void): void;
  write(chunk: ChatChunk, header: AnswerHeader): void;
  /** As `write`, for a chunk that is JSON already: its fields without the braces. */
  writeFields(fields: string, header: AnswerHeader): void;
  /** Sends what was written since the last time, in one piece. */
  flush(): void;
  /** Sends a comment, so that nobody on the way takes the connection for dead. */
  ping(header: AnswerHeader): void;
  /** Sends usage, costs and metadata, and ends the stream as complete. */
  finish(facts: AnswerFacts): void;
  /** Sends an error and ends the stream as broken off. */
  fail(error: GatewayError): void;
}
