import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOpenAICompatible, type OpenAICompatibleProvider } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import type { TestGateway } from '../support/gateway.js';
import {
  expectServed,
  servedModels,
  startThreeProtocols,
  uniquePrompt,
} from '../support/three-protocols.js';

const report = z.object({
  city: z.string(),
  days: z.array(z.object({ degrees: z.number(), rain: z.boolean() })).min(1),
  kind: z.enum(['forecast', 'archive']),
});

describe('the AI SDK', () => {
  let gateway: TestGateway;
  let provider: OpenAICompatibleProvider;
  /** Bodies of the requests, in order. */
  let sent: { messages: unknown[] }[];

  beforeAll(async () => {
    gateway = await startThreeProtocols();
    provider = createOpenAICompatible({
      name: 'gateway',
      baseURL: `${gateway.url}/v1`,
      apiKey: gateway.apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: (url, init) => {
        if (typeof init?.body === 'string') sent.push(JSON.parse(init.body));
        return fetch(url, init);
      },
    });
    sent = [];
  });
  afterAll(() => gateway.stop());

  /** A tool that remembers what it was called with. */
  function weather() {
    const calls: { city: string; days: number }[] = [];
    const getWeather = tool({
      inputSchema: z.object({ city: z.string(), days: z.number().int() }),
      execute: (input) => {
        calls.push(input);
        return `${input.days} days of sun`;
      },
    });
    return { calls, tools: { get_weather: getWeather } };
  }

  describe.each(servedModels)('with $model', ({ model, wire }) => {
    function settings(prompt: string) {
      return { model: provider.chatModel(model), prompt, maxRetries: 0 };
    }

    it('generates a text', async () => {
      const { id, prompt } = uniquePrompt('[[tokens=7 cached=2]] Hello, how are you today?');
      const { text, finishReason, usage } = await generateText(settings(prompt));
      const [entry] = gateway.sandbox.tally().filter((call) => call.id === id);
      expect(text.trim().split(/\s+/)).toHaveLength(7);
      expect(finishReason).toBe('stop');
      expect(usage).toMatchObject({
        inputTokens: entry?.promptTokens,
        inputTokenDetails: { cacheReadTokens: 2 },
        outputTokens: 7,
      });
      expectServed(gateway, id, wire, [200]);
    });

    it('streams the same text, piece by piece', async () => {
      const { id, prompt } = uniquePrompt('[[tokens=20]] Hello');
      const { textStream, finishReason, usage } = streamText(settings(prompt));
      const pieces: string[] = [];
      for await (const piece of textStream) pieces.push(piece);
      const whole = await generateText(settings(prompt));
      expect(pieces.length).toBeGreaterThan(5);
      expect(pieces.join('')).toBe(whole.text);
      expect(await finishReason).toBe('stop');
      expect(await usage).toMatchObject({
        inputTokens: whole.usage.inputTokens,
        outputTokens: 20,
      });
      expectServed(gateway, id, wire, [200, 200]);
    });

    it('runs a tool and goes on with its result', async () => {
      const { id, prompt } = uniquePrompt('[[tool=get_weather]] How will it be?');
      const { calls, tools } = weather();
      const { steps, text } = await generateText({
        ...settings(prompt),
        tools,
        stopWhen: stepCountIs(2),
      });
      expect(calls).toEqual([{ city: 'city', days: 1 }]);
      expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
      expect(text).toBe('The tool answered: 1 days of sun');
      expectServed(gateway, id, wire, [200, 200]);
    });

    it('runs two tools at once in a stream', async () => {
      const { id, prompt } = uniquePrompt('[[tools=2 tool=get_weather]] How will it be?');
      const { calls, tools } = weather();
      const { steps, text } = streamText({
        ...settings(prompt),
        tools,
        stopWhen: stepCountIs(2),
      });
      expect(await text).toBe('The tool answered: 1 days of sun');
      const [first] = await steps;
      expect(calls).toEqual([
        { city: 'city', days: 1 },
        { city: 'city 2', days: 1 },
      ]);
      expect(first?.toolResults.map(({ output }) => output)).toEqual(
        calls.map(({ days }) => `${days} days of sun`),
      );
      expectServed(gateway, id, wire, [200, 200]);
    });

    it('generates an object after a schema', async () => {
      const { id, prompt } = uniquePrompt('A report, please');
      const { output } = await generateText({
        ...settings(prompt),
        output: Output.object({ schema: report }),
      });
      expect(output).toEqual({
        city: 'city',
        days: [{ degrees: expect.any(Number), rain: true }],
        kind: 'forecast',
      });
      expectServed(gateway, id, wire, [200]);
    });

    it('streams an object after a schema', async () => {
      const { id, prompt } = uniquePrompt('A report, please');
      const result = streamText({ ...settings(prompt), output: Output.object({ schema: report }) });
      const partial: unknown[] = [];
      for await (const object of result.partialOutputStream) partial.push(object);
      expect(partial.length).toBeGreaterThan(1);
      expect(partial.at(-1)).toEqual(await result.output);
      expect(report.parse(await result.output).kind).toBe('forecast');
      expectServed(gateway, id, wire, [200]);
    });

    it('throws what the provider refused, in its words', async () => {
      const { id, prompt } = uniquePrompt('[[error=400]]');
      const failure = await generateText(settings(prompt)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(APICallError);
      expect(failure).toMatchObject({
        statusCode: 400,
        isRetryable: false,
        message: expect.stringContaining('The request is invalid.'),
      });
      expectServed(gateway, id, wire, [400]);
    });
  });

  describe('thinks and calls a tool', () => {
    // The SDK has no place for `reasoning_details`, but one for Google's signatures of calls.
    it.each(['google-ai-studio/gemini-2.5-flash', 'google-ai-studio/gemini-3-flash-preview'])(
      'with the signatures of %s, streamed or not',
      async (model) => {
        const { calls, tools } = weather();
        const { id, prompt } = uniquePrompt('[[tool=get_weather]] How will it be?');
        const settings = {
          model: provider.chatModel(model),
          prompt,
          tools,
          stopWhen: stepCountIs(2),
          reasoning: 'low',
          maxRetries: 0,
        } as const;
        const before = sent.length;
        const whole = await generateText(settings);
        const streamed = streamText(settings);
        expect(await streamed.text).toBe(whole.text);
        expect(whole.text).toBe('The tool answered: 1 days of sun');
        const [first] = whole.steps;
        const [streamedFirst] = await streamed.steps;
        expect(first?.reasoningText).toMatch(/\w/);
        expect(streamedFirst?.reasoningText).toBe(first?.reasoningText);
        expect(calls).toHaveLength(2);
        const signature = { extra_content: { google: { thought_signature: expect.any(String) } } };
        for (const body of [sent[before + 1], sent[before + 3]])
          expect(body?.messages[1]).toMatchObject({ tool_calls: [signature] });
        expectServed(gateway, id, 'gemini', [200, 200, 200, 200]);
      },
    );

    it('with Claude, which then goes on without thinking', async () => {
      const { id, prompt } = uniquePrompt('[[tool=get_weather]] How will it be?');
      const { text, steps } = await generateText({
        model: provider.chatModel('anthropic/claude-sonnet-4-5'),
        prompt,
        tools: weather().tools,
        stopWhen: stepCountIs(2),
        reasoning: 'low',
        maxRetries: 0,
      });
      expect(steps[0]?.reasoningText).toMatch(/\w/);
      expect(text).toBe('The tool answered: 1 days of sun');
      expectServed(gateway, id, 'anthropic', [200, 200]);
    });
  });
});
