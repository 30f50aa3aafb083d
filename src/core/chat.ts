/**
 * The wire types of OpenAI Chat Completions: the gateway's canonical form. They name what the gateway reads or
 * writes; every object may carry more fields, which survive untouched.
 * Source: OpenAI OpenAPI 2.3.0, schemas CreateChatCompletionRequest, CreateChatCompletionResponse.
 */
export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  stream?: boolean | undefined;
  stream_options?: { include_usage?: boolean; [field: string]: unknown } | undefined;
  temperature?: number | undefined;
  top_p?: number | undefined;
  frequency_penalty?: number | undefined;
  presence_penalty?: number | undefined;
  max_tokens?: number | undefined;
  max_completion_tokens?: number | undefined;
  stop?: string | string[] | undefined;
  n?: number | undefined;
  seed?: number | undefined;
  logprobs?: boolean | undefined;
  top_logprobs?: number | undefined;
  logit_bias?: Record<string, number> | undefined;
  user?: string | undefined;
  tools?: ChatTool[] | undefined;
  tool_choice?: ToolChoice | undefined;
  parallel_tool_calls?: boolean | undefined;
  response_format?: ResponseFormat | undefined;
  reasoning_effort?: ReasoningEffort | undefined;
  reasoning?:
    { effort?: ReasoningEffort; max_tokens?: number; [field: string]: unknown } | undefined;
  service_tier?: string | undefined;
  modalities?: string[] | undefined;
  audio?: Record<string, unknown> | undefined;
  prediction?: Record<string, unknown> | undefined;
  store?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
  [field: string]: unknown;
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

export type ChatRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function';

export interface ChatMessage {
  role: ChatRole;
  content?: string | ContentPart[] | null;
  name?: string;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  refusal?: string | null;
  reasoning?: string | null;
  reasoning_details?: ReasoningDetail[];
  [field: string]: unknown;
}

export type ContentPart = TextPart | ImagePart | AudioPart | FilePart | RefusalPart;

export interface TextPart {
  type: 'text';
  text: string;
  [field: string]: unknown;
}
export interface ImagePart {
  type: 'image_url';
  image_url: { url: string; detail?: string; [field: string]: unknown };
  [field: string]: unknown;
}
export interface AudioPart {
  type: 'input_audio';
  input_audio: { data: string; format: string; [field: string]: unknown };
  [field: string]: unknown;
}
export interface FilePart {
  type: 'file';
  file: { file_data?: string; file_id?: string; filename?: string; [field: string]: unknown };
  [field: string]: unknown;
}
export interface RefusalPart {
  type: 'refusal';
  refusal: string;
  [field: string]: unknown;
}

export interface FunctionTool {
  type: 'function';
  function: {
    name: string;
    description?: string;
    parameters?: Record<string, unknown>;
    strict?: boolean | null;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}
export interface OtherTool {
  type: Exclude<string, 'function'>;
  [field: string]: unknown;
}
export type ChatTool = FunctionTool | OtherTool;

export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { type: 'function'; function: { name: string } }
  | {
      type: 'allowed_tools';
      allowed_tools: { mode: 'auto' | 'required'; tools: Record<string, unknown>[] };
    };

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema';
      json_schema: {
        name: string;
        description?: string;
        schema?: Record<string, unknown>;
        strict?: boolean | null;
      };
    };

export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
  extra_content?: { google?: { thought_signature?: string; [field: string]: unknown } };
  [field: string]: unknown;
}

/** A signed, redacted or plain block of reasoning, as the provider gave it; sent back it continues the thought. */
export interface ReasoningDetail {
  type: 'reasoning.text' | 'reasoning.encrypted' | 'reasoning.summary';
  text?: string;
  signature?: string;
  data?: string;
  summary?: string;
  id?: string | null;
  format?: string;
  index?: number;
  [field: string]: unknown;
}

export interface UrlCitation {
  type: 'url_citation';
  url_citation: {
    url: string;
    title: string;
    start_index: number;
    end_index: number;
    [field: string]: unknown;
  };
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export interface AssistantMessage {
  role: 'assistant';
  content: string | null;
  refusal: string | null;
  reasoning?: string;
  reasoning_details?: ReasoningDetail[];
  tool_calls?: ToolCall[];
  images?: string[];
  audio?: Record<string, unknown>;
  annotations?: UrlCitation[];
  [field: string]: unknown;
}

export interface Choice {
  index: number;
  message: AssistantMessage;
  logprobs: unknown;
  finish_reason: FinishReason;
  [field: string]: unknown;
}

/** What a protocol makes of an answer: without id, model, usage and metadata, which are the gateway's own. */
export interface ChatCompletion {
  choices: Choice[];
  created?: number;
  service_tier?: string | null;
  system_fingerprint?: string | null;
  [field: string]: unknown;
}

export interface ToolCallDelta {
  index: number;
  id?: string;
  type?: 'function';
  function?: { name?: string; arguments?: string };
  extra_content?: ToolCall['extra_content'];
  [field: string]: unknown;
}

export interface ChunkDelta {
  role?: 'assistant';
  content?: string | null;
  refusal?: string | null;
  reasoning?: string;
  reasoning_details?: ReasoningDetail[];
  tool_calls?: ToolCallDelta[];
  images?: string[];
  audio?: Record<string, unknown>;
  annotations?: UrlCitation[];
  [field: string]: unknown;
}

export interface ChunkChoice {
  index: number;
  delta: ChunkDelta;
  logprobs?: unknown;
  finish_reason: FinishReason | null;
  [field: string]: unknown;
}

/** A chunk as a protocol makes it: the gateway adds id, object, created and model. */
export interface ChatChunk {
  choices: ChunkChoice[];
  service_tier?: string | null;
  system_fingerprint?: string | null;
  [field: string]: unknown;
}
