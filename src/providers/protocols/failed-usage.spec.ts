import { expect, it } from '@jest/globals';
import { makeTarget } from '../../../test/support/target.js';
import { PROTOCOLS } from './registry.js';

/** Answers that are none, with the usage that they tell all the same, in each dialect. */
const FAILED = {
  'chat-completions': {
    error: { message: 'broke off', code: 502 },
    usage: { prompt_tokens: 20, completion_tokens: 10 },
  },
  responses: {
    status: 'failed',
    error: { code: 'server_error', message: 'broke off' },
    usage: { input_tokens: 20, output_tokens: 10 },
  },
  'anthropic-messages': {
    type: 'error',
    error: { type: 'api_error', message: 'broke off' },
    usage: { input_tokens: 20, output_tokens: 10 },
  },
  gemini: { usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 10 } },
  'bedrock-converse': { output: {}, usage: { inputTokens: 20, outputTokens: 10 } },
  'cohere-chat': {
    finish_reason: 'ERROR',
    usage: { billed_units: { input_tokens: 20, output_tokens: 10 } },
  },
} as const satisfies Record<keyof typeof PROTOCOLS, object>;

it.each(Object.entries(FAILED))('an answer that failed tells its usage: %s', (id, body) => {
  const protocol = PROTOCOLS[id as keyof typeof PROTOCOLS];
  const target = makeTarget();
  expect(() => protocol.fromUpstreamResponse(body, target)).toThrow();
  expect(protocol.usageOf?.(body, target)).toMatchObject({
    promptTokens: 20,
    completionTokens: 10,
  });
});

it.each(Object.values(PROTOCOLS))('nothing tells none: $id', (protocol) => {
  for (const body of [undefined, null, 'gone', [], {}])
    expect(protocol.usageOf?.(body, makeTarget())).toBeUndefined();
});
