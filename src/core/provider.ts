/** What a provider is, as data: host, auth, wire protocol and the ways in which it departs from that protocol. */
export interface ProviderDefinition {
  readonly id: string;
  readonly name: string;
  /** Other ids by which a client may pin the provider. */
  readonly aliases?: readonly string[];
  readonly protocol: ProtocolId;
  readonly baseUrl: string;
  readonly auth: AuthStyle;
  /** Environment variables that may hold the platform's key; the first one set is used. */
  readonly environment: readonly string[];
  /** Environment variable that overrides `baseUrl`. */
  readonly baseUrlEnvironment: string;
  /** Headers that every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly quirks?: Quirks;
  /** What to bill when the client leaves in mid-stream. Default: estimate. */
  readonly onClientGone?: 'estimate' | 'drain' | 'none';
}

export type ProtocolId = 'chat-completions' | 'anthropic-messages' | 'gemini';

export type AuthStyle =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' };

/** What happens to a request parameter at a provider. */
export type ParameterRule =
  | { readonly rule: 'pass' }
  /** Has another name there. */
  | { readonly rule: 'rename'; readonly to: string }
  /** Has another form there; the protocol does it. */
  | { readonly rule: 'translate' }
  /** Cannot be honoured: another offer is chosen, or 400 if the provider is pinned. */
  | { readonly rule: 'refuse' }
  /** Its loss cannot change the meaning of the answer: dropped, and named in metadata. */
  | { readonly rule: 'drop' };

/** Departures from the protocol; a closed table, each entry read by the protocol's own code. */
export interface Quirks {
  /** In place of the protocol's rule for a parameter. */
  readonly parameters?: Readonly<Record<string, ParameterRule>>;
  /** Roles that have another name there, for example developer → system. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Fields removed from every message of the conversation. */
  readonly dropMessageFields?: readonly string[];
  /** Native finish reasons that the protocol does not know. */
  readonly finishReasons?: Readonly<Record<string, string>>;
  /** Whether a stream tells its usage only when asked by stream_options. */
  readonly streamUsage?: 'option' | 'always';
  /** Whether completion_tokens leave reasoning tokens out. Absent: told from total_tokens. */
  readonly reasoningTokens?: 'separate' | 'included';
  /** Where cached tokens stand if not in prompt_tokens_details.cached_tokens. */
  readonly cachedTokensField?: string;
  /** json_schema is not known there; json_object with the schema in the system message is. */
  readonly jsonSchema?: 'native' | 'json_object';
  /** The field in which earlier reasoning goes back to the provider. */
  readonly reasoningReplayField?: string;
}
