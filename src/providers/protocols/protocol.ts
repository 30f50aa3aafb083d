import type { ChatChunk, ChatCompletion, ChatRequest } from '../../core/chat.js';
import type { GatewayError } from '../../core/errors.js';
import type { ParameterRule, ProtocolId } from '../../core/provider.js';
import type { Target } from '../../core/target.js';
import type { Usage } from '../../core/usage.js';

/** A request in a provider's own form; always a POST of JSON. */
export interface UpstreamRequest {
  /** Appended to the target's base URL. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer in the gateway's form. Without `usage` the provider told none. */
export interface UpstreamAnswer {
  readonly completion: ChatCompletion;
  readonly usage: Usage | undefined;
  /** The provider's own id of the answer, kept in the request log. */
  readonly upstreamId: string | undefined;
  /** The model that the provider says it used. */
  readonly upstreamModel: string | undefined;
}

export interface ServerSentEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** How a stream's bytes are cut into events. */
export type Framing = 'sse' | 'aws-event-stream';

/** What one event of a stream means. */
export type StreamOutput =
  | { readonly type: 'chunk'; readonly chunk: ChatChunk }
  /** A chunk of text and nothing else, as the JSON of its fields without the braces: it was never taken apart. */
  | { readonly type: 'text'; readonly fields: string; readonly characters: number }
  /** The newest figures; each one replaces the one before. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'identity'; readonly upstreamId?: string; readonly upstreamModel?: string }
  | { readonly type: 'error'; readonly error: GatewayError }
  /** The provider said that the answer is complete. */
  | { readonly type: 'end' };

/** How much a request that goes to a provider lets it write. */
export interface OutputRoom {
  /** Tokens in all; undefined where the request of the client named no limit. */
  readonly limit: number | undefined;
  /** Tokens to think with, of which the answer is none; 0 where no number of them was planned. */
  readonly thinking: number;
}

/** A stream decoder: a reducer over a named union of phases. Never throws, whatever the event holds. */
export interface StreamDecoder<State> {
  start(target: Target): State;
  step(state: State, event: ServerSentEvent): readonly [State, readonly StreamOutput[]];
  /** The bytes have ended. Gives an error unless the provider had said that the answer is complete. */
  end(state: State): readonly StreamOutput[];
}

/** What a provider refused, read from its error body. */
export interface UpstreamFailure {
  readonly status: number;
  readonly body: unknown;
  /** Value of Retry-After, in seconds, where it was sent. */
  readonly retryAfterSeconds: number | undefined;
  /** The provider's name for the error, where a header tells it. */
  readonly errorType?: string | undefined;
}

/**
 * A wire dialect of chat. Pure: no framework, no network, no clock. The request it is given has no nulls, no
 * defaults and none of the parameters that its rules drop or refuse.
 */
export interface ChatProtocol<State = unknown> {
  readonly id: ProtocolId;
  /** The rule for each top-level parameter of the request; a provider's quirks go before it. */
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /** The rule for a parameter that is not in the table. */
  readonly otherParameters: ParameterRule;
  /** Paths of values that this target cannot honour although their parameter is known (`n`, `response_format`). */
  unsupportedValues(request: ChatRequest, target: Target): readonly string[];
  /** Where it is not what the request says: thinking may need more. */
  outputRoom?(request: ChatRequest, target: Target): OutputRoom | undefined;
  /** @throws GatewayError invalid_parameter naming the field, for content that the dialect cannot carry. */
  toUpstreamRequest(request: ChatRequest, target: Target): UpstreamRequest;
  /** @throws GatewayError upstream_error if the body is not an answer of this dialect. */
  fromUpstreamResponse(body: unknown, target: Target): UpstreamAnswer;
  /** The usage that a body tells which is no answer all the same; undefined where it tells none. */
  usageOf?(body: unknown, target: Target): Usage | undefined;
  fromUpstreamError(failure: UpstreamFailure, target: Pick<Target, 'provider'>): GatewayError;
  readonly stream: StreamDecoder<State>;
  /**
   * The form in which this dialect asks the provider itself to search the web, for an offer that can: the tool
   * `{type: 'web_search', …}`, or `web_search_options`. Absent, or undefined: it cannot.
   */
  webSearch?(target: Target): 'tool' | 'options' | undefined;
  /** How the events of a stream are told apart in its bytes. Default: server-sent events. */
  readonly framing?: Framing;
}
