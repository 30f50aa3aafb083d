/**
 * What an answer says, whoever gave it: recordings of providers and answers of the gateway are read into this form
 * by different code and then compared.
 */
export interface Reading {
  /** By index of the choice. */
  readonly choices: readonly ChoiceReading[];
  /** Undefined where the answer tells no usage. */
  readonly usage: UsageReading | undefined;
  /** What went wrong; choices may still hold what came before. */
  readonly error: ErrorReading | undefined;
}

export interface ChoiceReading {
  readonly text: string;
  /** One piece a block of thought; how blocks are joined is free. */
  readonly reasoning: readonly string[];
  /** Undefined where the dialect has no words of refusal of its own. */
  readonly refusal: string | undefined;
  readonly toolCalls: readonly ToolCallReading[];
  /** The finish reasons of the gateway's four that are right; none where the answer tells none. */
  readonly finish: readonly string[];
  /** Addresses that the text cites, each once, sorted. */
  readonly citations: readonly string[];
  /** Addresses that may be cited too: sources that were read but that no part of the text refers to. */
  readonly sources: readonly string[];
  readonly images: number;
  readonly audio: boolean;
  /** How many tokens have their probability told. */
  readonly logprobs: number;
  /** Signed or encrypted reasoning that must come through byte for byte, sorted. */
  readonly signatures: readonly string[];
}

export interface ToolCallReading {
  /** Empty where the dialect gives none. */
  readonly id: string;
  readonly name: string;
  /** Parsed; the text itself where it is not JSON (a call that was cut off). */
  readonly arguments: unknown;
}

/** Tokens, in OpenAI's inclusive terms. Zero and absent are the same. */
export interface UsageReading {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

export interface ErrorReading {
  /** The status that the gateway must answer, or would have if it came before any content. */
  readonly status: number;
  /** The codes of the gateway's table that are right. */
  readonly codes: readonly string[];
}

/** A choice in the making: pieces are added as they are read. */
export interface ChoiceDraft {
  text: string;
  reasoning: string[];
  refusal: string | undefined;
  toolCalls: ToolCallReading[];
  finish: readonly string[];
  citations: string[];
  sources: string[];
  images: number;
  audio: boolean;
  logprobs: number;
  signatures: string[];
}

export function emptyDraft(refusal?: string): ChoiceDraft {
  return {
    text: '',
    reasoning: [],
    refusal,
    toolCalls: [],
    finish: [],
    citations: [],
    sources: [],
    images: 0,
    audio: false,
    logprobs: 0,
    signatures: [],
  };
}

/** The finished choice: lists in a fixed order, empty pieces left out, an answer that calls tools finishes so. */
export function finished(draft: ChoiceDraft): ChoiceReading {
  const calls = draft.toolCalls.length > 0 && draft.finish.includes('stop');
  return {
    ...draft,
    reasoning: draft.reasoning.filter((piece) => piece !== ''),
    finish: calls ? ['tool_calls'] : draft.finish,
    citations: unique(draft.citations),
    sources: unique(draft.sources),
    signatures: unique(draft.signatures),
  };
}

/** The text of a tool call's arguments as a value; no text counts as no arguments. */
export function argumentsOf(source: string): unknown {
  if (source.trim() === '') return {};
  try {
    return JSON.parse(source);
  } catch {
    return source;
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values.filter((value) => value !== ''))].sort();
}
