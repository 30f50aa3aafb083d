import { describe, expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import type { FinishReason } from '../../core/chat.js';
import type { ProtocolId } from '../../core/provider.js';
import { PROTOCOLS } from './registry.js';

type Canonical = FinishReason | 'failed';

/** The answer of each dialect that ends for a reason. */
const ENDING: Readonly<Record<Exclude<ProtocolId, 'responses'>, (reason: string) => unknown>> = {
  'chat-completions': (reason) => ({
    choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: reason }],
  }),
  'anthropic-messages': (reason) => ({
    content: [{ type: 'text', text: 'a' }],
    stop_reason: reason,
  }),
  gemini: (reason) => ({
    candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: reason }],
  }),
  'bedrock-converse': (reason) => ({
    output: { message: { content: [{ text: 'a' }] } },
    stopReason: reason,
  }),
  'cohere-chat': (reason) => ({
    message: { content: [{ type: 'text', text: 'a' }] },
    finish_reason: reason,
  }),
};

/**
 * Every reason that the dialects know, from their specifications: OpenAI's OpenAPI, Anthropic's, Vertex AI's discovery
 * document, Bedrock's service model, Cohere's reference; and what speakers of OpenAI's dialect say in their own words.
 */
const REASONS: Readonly<
  Record<keyof typeof ENDING, Readonly<Partial<Record<Canonical, readonly string[]>>>>
> = {
  'chat-completions': {
    stop: ['stop', 'eos', 'end_turn', 'stop_sequence', 'COMPLETE', 'STOP', 'unheard_of'],
    length: ['length', 'max_tokens', 'model_length', 'MAX_TOKENS', 'max_output_tokens'],
    tool_calls: ['tool_calls', 'function_call', 'tool_use', 'TOOL_CALL'],
    content_filter: [
      ...['content_filter', 'refusal', 'sensitive', 'SAFETY', 'RECITATION'],
      ...['guardrail_intervened', 'content_filter: PROHIBITED_CONTENT'],
    ],
    failed: ['error', 'insufficient_system_resource', 'network_error', 'abort'],
  },
  'anthropic-messages': {
    stop: ['end_turn', 'stop_sequence', 'pause_turn', 'compaction', 'tool_use', 'unheard_of'],
    length: ['max_tokens', 'model_context_window_exceeded'],
    content_filter: ['refusal'],
  },
  gemini: {
    stop: [
      ...['STOP', 'OTHER', 'FINISH_REASON_UNSPECIFIED', 'MALFORMED_FUNCTION_CALL', 'NO_IMAGE'],
      ...['UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'IMAGE_OTHER', 'UNHEARD_OF'],
    ],
    length: ['MAX_TOKENS'],
    content_filter: [
      ...['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'],
      ...['MODEL_ARMOR', 'IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION'],
    ],
  },
  'bedrock-converse': {
    stop: [
      ...['end_turn', 'stop_sequence', 'tool_use', 'malformed_model_output'],
      ...['malformed_tool_use', 'unheard_of'],
    ],
    length: ['max_tokens', 'model_context_window_exceeded'],
    content_filter: ['guardrail_intervened', 'content_filtered'],
  },
  'cohere-chat': {
    stop: ['COMPLETE', 'STOP_SEQUENCE', 'TOOL_CALL', 'UNHEARD_OF'],
    length: ['MAX_TOKENS'],
    content_filter: ['ERROR_TOXIC'],
    failed: ['ERROR', 'TIMEOUT', 'ERROR_LIMIT'],
  },
};

function ended(id: keyof typeof ENDING, reason: string): Canonical {
  try {
    const answer = PROTOCOLS[id].fromUpstreamResponse(ENDING[id](reason), makeTarget());
    return answer.completion.choices[0]?.finish_reason ?? 'failed';
  } catch {
    return 'failed';
  }
}

describe('why an answer without calls ended', () => {
  const rows = Object.entries(REASONS).flatMap(([id, reasons]) =>
    Object.entries(reasons).flatMap(([canonical, words]) =>
      words.map((word) => [id as keyof typeof ENDING, word, canonical as Canonical] as const),
    ),
  );
  it.each(rows)('%s %s: %s', (id, word, canonical) => {
    expect(ended(id, word)).toBe(canonical);
  });
});

describe('why a response ended', () => {
  const { responses } = PROTOCOLS;
  const said = [{ type: 'message', content: [{ type: 'output_text', text: 'a' }] }];
  it.each([
    ['completed', null, 'stop'],
    ['incomplete', { reason: 'max_output_tokens' }, 'length'],
    ['incomplete', { reason: 'content_filter' }, 'content_filter'],
    ['incomplete', null, 'length'],
  ])('%s, %j: %s', (status, details, canonical) => {
    const body = { status, output: said, incomplete_details: details };
    const { completion } = responses.fromUpstreamResponse(body, makeTarget());
    expect(completion.choices[0]?.finish_reason).toBe(canonical);
  });

  it.each(['failed', 'cancelled', 'queued', 'in_progress'])('%s: is no answer', (status) => {
    const body = { status, output: said, error: null };
    expect(() => responses.fromUpstreamResponse(body, makeTarget())).toThrow();
  });
});
