import { expect } from '@jest/globals';
import type { TallyEntry } from '../../src/sandbox/server.js';
import { prepareGateway, type TestGateway } from './gateway.js';

/** A wire format as the sandbox names it. */
export type WireFormat = TallyEntry['protocol'];

export interface ServedModel {
  /** As a client asks for it. */
  readonly model: string;
  /** What the gateway speaks with its provider. */
  readonly wire: WireFormat;
}

/** A model behind each protocol; Gemini twice, because the third generation insists on its signatures. */
export const servedModels: readonly ServedModel[] = [
  { model: 'openai/gpt-4o', wire: 'openai' },
  { model: 'anthropic/claude-sonnet-4-6', wire: 'anthropic' },
  { model: 'google-ai-studio/gemini-2.5-flash', wire: 'gemini' },
  { model: 'google-ai-studio/gemini-3-flash-preview', wire: 'gemini' },
];

/**
 * Models that think: at Anthropic one that takes a budget and one that takes an effort, at Google one that can do
 * without its signatures and one that cannot.
 */
export const thinkingModels: readonly ServedModel[] = [
  { model: 'openai/gpt-5', wire: 'openai' },
  { model: 'anthropic/claude-sonnet-4-5', wire: 'anthropic' },
  { model: 'anthropic/claude-sonnet-4-6', wire: 'anthropic' },
  { model: 'google-ai-studio/gemini-2.5-flash', wire: 'gemini' },
  { model: 'google-ai-studio/gemini-3-flash-preview', wire: 'gemini' },
];

/** JSON schema of the arguments of the tool `get_weather`. */
export const weatherArguments = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
};

/** The tool `get_weather` as OpenAI's API takes it. */
export const weatherTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of the coming days',
    parameters: weatherArguments,
  },
} as const;

/** A gateway whose providers OpenAI, Anthropic and Google are its sandbox, each one in its own wire format. */
export async function startThreeProtocols(): Promise<TestGateway> {
  const gateway = await prepareGateway();
  const { url } = gateway.sandbox;
  try {
    await gateway.startMain({
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      OPENAI_API_KEY: 'key-for-openai',
      OPENAI_BASE_URL: `${url}/v1`,
      ANTHROPIC_API_KEY: 'key-for-anthropic',
      ANTHROPIC_BASE_URL: `${url}/v1`,
      GEMINI_API_KEY: 'key-for-google',
      GOOGLE_AI_STUDIO_BASE_URL: `${url}/v1beta`,
    });
    return gateway;
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

let prompts = 0;

/** A prompt that no other test sends. Its id is a directive, under which the sandbox keeps the calls. */
export function uniquePrompt(text: string): { readonly id: string; readonly prompt: string } {
  const id = `prompt-${++prompts}`;
  return { id, prompt: `[[id=${id}]] ${text}` };
}

/** Checks that the calls with this id reached the sandbox in this wire format, with these statuses. */
export function expectServed(
  gateway: TestGateway,
  id: string,
  wire: WireFormat,
  statuses: readonly number[],
): void {
  const calls = gateway.sandbox.tally().filter((entry) => entry.id === id);
  expect(calls.map(({ protocol, status }) => [protocol, status])).toEqual(
    statuses.map((status) => [wire, status]),
  );
}
