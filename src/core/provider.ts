/** What a provider is, as data: host, auth, wire protocol and the ways in which it departs from that protocol. */
export interface ProviderDefinition {
  readonly id: string;
  readonly name: string;
  /** Other ids by which a client may pin the provider. */
  readonly aliases?: readonly string[];
  readonly protocol: ProtocolId;
  /** `{name}` in it stands for the setting of this name. */
  readonly baseUrl: string;
  /** Hosts that are other ones than the settings make of `baseUrl`. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly auth: AuthStyle;
  /** Environment variables that may hold the platform's key; the first one set is used. */
  readonly environment: readonly string[];
  /** Variables that make the platform's key together, joined by colons, where none of `environment` is set. */
  readonly environmentParts?: {
    readonly needed: readonly string[];
    readonly optional: readonly string[];
  };
  /** Environment variable that overrides `baseUrl`. */
  readonly baseUrlEnvironment: string;
  /** Headers that every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a credential may carry beside its secret, by name; nothing else is accepted. */
  readonly settings?: Readonly<Record<string, SettingRule>>;
  /** Settings of which a credential must have one, and not two. */
  readonly eitherSetting?: readonly string[];
  /** Where calls go below `baseUrl`, if not where the protocol says: the first whose places all have a value. */
  readonly callPaths?: readonly CallPath[];
  /** Path below `baseUrl` whose GET is answered with a good key and refused with a bad one. Default: /models. */
  readonly probePath?: string;
  /** In place of `probePath`: a call that costs nothing. Whom the provider lets in is told what is wrong with it. */
  readonly probeCall?: { readonly path: string; readonly body: Readonly<Record<string, unknown>> };
  readonly quirks?: Quirks;
  /** How the provider tells afterwards what one call used and cost. Absent: it does not. */
  readonly callReport?: CallReportId;
  readonly dialects?: readonly FurtherDialect[];
  /**
   * What to bill when the client leaves before the end of its answer: an estimate of what was delivered, by which the
   * request is broken off; `drain`: what the provider says at the end, for one that goes on and bills all of it;
   * `none`: nothing. Default: estimate.
   */
  readonly onClientGone?: 'estimate' | 'drain' | 'none';
}

export const PROTOCOL_IDS = [
  'chat-completions',
  'responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
  'cohere-chat',
] as const;
export type ProtocolId = (typeof PROTOCOL_IDS)[number];

/** Another protocol that a provider speaks beside its own. Offers that name it are spoken to in it. */
export interface FurtherDialect {
  readonly protocol: ProtocolId;
  /** In place of the provider's quirks, which are those of its own protocol. */
  readonly quirks?: Quirks;
  /**
   * The provider's own searches of the web are made in it, but for models whose names match `except`. Offers with a price
   * for searches are taken to have them, unless the catalogue says that they do not.
   */
  readonly webSearch?: { readonly except?: RegExp };
}

export type CallReportId = 'openrouter-generation' | 'vercel-generation';

export type AuthStyle =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  /** A bearer key, or the parts of an access key (`id:secret[:session token]`) with which each request is signed. */
  | { readonly kind: 'aws'; readonly service: string }
  /** The JSON of a service account, for which Google gives access tokens; or such a token itself. */
  | { readonly kind: 'google' }
  /** An API key of IBM Cloud, for which it gives access tokens; or such a token itself. */
  | { readonly kind: 'ibm' }
  /** A key in this header; or an application (`tenant:client:secret`), for which Entra ID gives bearer tokens; or such a token. */
  | { readonly kind: 'entra'; readonly name: string }
  | { readonly kind: 'none' };

/**
 * Where a call goes. `{model}` stands for the provider's name of the model, `{name}` for the setting of this name; a `..`
 * at the beginning leaves the last part of the base URL.
 */
export interface CallPath {
  readonly path: string;
  /** In place of `path` where the answer is to be streamed. */
  readonly stream?: string;
}

/** A setting of a credential: one text, or texts by name (`deployments`: of each model). */
export type SettingValue = string | Readonly<Record<string, string>>;

/** What a setting of a credential may be. */
export interface SettingRule {
  readonly kind: 'text' | 'map';
  /** What a text, or each text of a map, must match as a whole. */
  readonly pattern: RegExp;
  readonly required?: boolean;
  /** A text that is taken where none is given. */
  readonly default?: string;
  /** The header that carries a text to the provider. */
  readonly header?: string;
  /** The field of a body that carries a text to the provider, in Chat Completions and in `probeCall`. */
  readonly field?: string;
  /** Environment variable that holds the platform's own value of a text. */
  readonly environment?: string;
}

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

/** How a provider is told whether to think, where reasoning_effort alone does not do it. */
export interface ReasoningSwitch {
  /** The form of the switch: the field that it is, or the field that holds it. */
  readonly form: ReasoningSwitchForm;
  /** The field for a number of tokens to think, beside the switch. Absent: there is none. */
  readonly budget?: string;
  /**
   * Whether reasoning_effort is known beside the switch: true for every model, false for none. Default: for those whose
   * levels the catalogue has.
   */
  readonly efforts?: boolean;
}

export type ReasoningSwitchForm =
  /** `thinking: {type: 'enabled' | 'disabled'}` */
  | 'thinking'
  /** `reasoning: {enabled}` */
  | 'reasoning'
  /** `enable_thinking` */
  | 'enable_thinking'
  /** `chat_template_kwargs: {enable_thinking, thinking}`: models look for one or the other. */
  | 'chat_template_kwargs'
  /** `chat_template_args: {enable_thinking}` */
  | 'chat_template_args';

/** The place of an amount in an answer, or in the chunk that tells the usage. */
export interface ReportedCost {
  /** Names of fields from the outermost inwards. It is what the provider takes of its caller, nothing to add to it. */
  readonly path: readonly string[];
  /** It counts USD times ten to the power of this. Default: 0, USD. */
  readonly exponent?: number;
}

/** Departures from the protocol; a closed table, each entry read by the protocol's own code. */
export interface Quirks {
  /** In place of the protocol's rule for a parameter. */
  readonly parameters?: Readonly<Record<string, ParameterRule>>;
  /** Roles that have another name there, for example developer → system. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Fields removed from every message of the conversation. */
  readonly dropMessageFields?: readonly string[];
  /** The field for the name of the model. Default: model. */
  readonly modelField?: string;
  /** Fields that a request has unless the client gave them. */
  readonly presets?: Readonly<Record<string, unknown>>;
  /** The field for a tool_choice in one word. Default: tool_choice, as for one that names a function. */
  readonly toolChoiceField?: string;
  /** Whether a stream is asked for by the path alone. */
  readonly streamBy?: 'path';
  /**
   * Whether a stream ends with the chunk of its usage: choices that have not told by then why they ended have ended all
   * the same.
   */
  readonly streamEnd?: 'usage';
  /** The statuses for which codes of errors stand, where the status of the answer says something else. */
  readonly errorStatuses?: Readonly<Record<string, number>>;
  /** Native finish reasons that the protocol does not know. */
  readonly finishReasons?: Readonly<Record<string, string>>;
  /** Whether a stream tells its usage only when asked by stream_options. */
  readonly streamUsage?: 'option' | 'always';
  /**
   * Whether completion_tokens leave reasoning tokens out. Absent: told from total_tokens. `outside_total`: both leave
   * them out.
   */
  readonly reasoningTokens?: 'separate' | 'included' | 'outside_total';
  /** Where cached tokens stand if not in prompt_tokens_details.cached_tokens. */
  readonly cachedTokensField?: string;
  /** Where an answer tells what it cost the caller. Absent: nowhere. */
  readonly reportedCost?: ReportedCost;
  /** json_schema is not known there; json_object with the schema in the system message is. */
  readonly jsonSchema?: 'native' | 'json_object';
  /** The field in which earlier reasoning goes back to the provider. */
  readonly reasoningReplayField?: string;
  readonly reasoningSwitch?: ReasoningSwitch;
  /** The kinds of tool_choice that are known there. Default: all. */
  readonly toolChoices?: readonly ('none' | 'auto' | 'required' | 'function')[];
  /** The field that has a stream tell the arguments of calls as they are written, in place of all at the end. */
  readonly toolStreamField?: string;
  /** Anthropic's dialect where it names its version in the body, and the model in the path alone. */
  readonly anthropicVersion?: string;
  /** Gemini's dialect: whether built-in tools beside functions are to be allowed by a flag. Default: true. */
  readonly toolCombinationFlag?: boolean;
  /** Whether an answer tells the sources of searches only when asked to. Default: it does. */
  readonly searchSources?: 'option' | 'always';
  /** The names of the models that search when web_search_options ask for it. Default: all that search at all. */
  readonly searchModels?: RegExp;
  /** What hosts that a search is to leave out are called among its filters. Default: blocked_domains. */
  readonly blockedHostsField?: string;
  /** The highest temperature that is taken. Default: OpenAI's own. */
  readonly highestTemperature?: number;
}
