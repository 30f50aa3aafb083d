import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AIMessageChunk,
  HumanMessage,
  ToolMessage,
  type AIMessage,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import type { TestGateway } from '../support/gateway.js';
import {
  expectServed,
  servedModels,
  startThreeProtocols,
  uniquePrompt,
} from '../support/three-protocols.js';

const getWeather = tool(({ city, days }) => `${days} days of sun in ${city}`, {
  name: 'get_weather',
  description: 'The weather of the coming days',
  schema: z.object({ city: z.string(), days: z.number().int() }),
});
const report = z.object({
  city: z.string(),
  days: z.array(z.object({ degrees: z.number(), rain: z.boolean() })).min(1),
});

describe('LangChain', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startThreeProtocols();
  });
  afterAll(() => gateway.stop());

  async function collected(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk[]> {
    const chunks: AIMessageChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
  }

  function joined(chunks: readonly AIMessageChunk[]): AIMessageChunk {
    return chunks.reduce((all, chunk) => all.concat(chunk));
  }

  /** The results of all tools that a message calls. */
  function toolMessages({ tool_calls: calls = [] }: AIMessage): Promise<ToolMessage[]> {
    return Promise.all(
      calls.map(async (call) => {
        const message: unknown = await getWeather.invoke({ ...call, type: 'tool_call' });
        if (!(message instanceof ToolMessage)) throw new Error('the tool gave no message');
        return message;
      }),
    );
  }

  describe.each(servedModels)('with $model', ({ model, wire }) => {
    function chat(): ChatOpenAI {
      return new ChatOpenAI({
        model,
        apiKey: gateway.apiKey,
        configuration: { baseURL: `${gateway.url}/v1` },
        maxRetries: 0,
      });
    }

    it('gets a text', async () => {
      const { id, prompt } = uniquePrompt('[[tokens=7 cached=2]] Hello, how are you today?');
      const answer = await chat().invoke(prompt);
      const [entry] = gateway.sandbox.tally().filter((call) => call.id === id);
      expect(answer.text.trim().split(/\s+/)).toHaveLength(7);
      expect(answer.usage_metadata).toMatchObject({
        input_tokens: entry?.promptTokens,
        input_token_details: { cache_read: 2 },
        output_tokens: 7,
      });
      expect(answer.response_metadata).toMatchObject({ finish_reason: 'stop' });
      expectServed(gateway, id, wire, [200]);
    });

    it('streams the same text, piece by piece', async () => {
      const { id, prompt } = uniquePrompt('[[tokens=20]] Hello');
      const chunks = await collected(await chat().stream(prompt));
      const streamed = joined(chunks);
      const whole = await chat().invoke(prompt);
      expect(chunks.length).toBeGreaterThan(5);
      expect(streamed.text).toBe(whole.text);
      expect(streamed.usage_metadata).toMatchObject({
        input_tokens: whole.usage_metadata?.input_tokens,
        output_tokens: 20,
      });
      expectServed(gateway, id, wire, [200, 200]);
    });

    it('runs a tool and goes on with its result', async () => {
      const { id, prompt } = uniquePrompt('[[tool=get_weather]] How will it be?');
      const bound = chat().bindTools([getWeather]);
      const first = await bound.invoke(prompt);
      expect(first.tool_calls).toMatchObject([
        { name: 'get_weather', args: { city: 'city', days: 1 } },
      ]);
      const history = [new HumanMessage(prompt), first, ...(await toolMessages(first))];
      const { text } = await bound.invoke(history);
      expect(text).toBe('The tool answered: 1 days of sun in city');
      expectServed(gateway, id, wire, [200, 200]);
    });

    it('runs two tools at once in a stream', async () => {
      const { id, prompt } = uniquePrompt('[[tools=2 tool=get_weather]] How will it be?');
      const bound = chat().bindTools([getWeather]);
      const first = joined(await collected(await bound.stream(prompt)));
      expect(first.tool_calls?.map(({ args }) => args)).toEqual([
        { city: 'city', days: 1 },
        { city: 'city 2', days: 1 },
      ]);
      const history = [new HumanMessage(prompt), first, ...(await toolMessages(first))];
      const { text } = joined(await collected(await bound.stream(history)));
      expect(text).toBe('The tool answered: 1 days of sun in city 2');
      expectServed(gateway, id, wire, [200, 200]);
    });

    it.each(['jsonSchema', 'functionCalling'] as const)(
      'gets an object after a schema by %s',
      async (method) => {
        const { id, prompt } = uniquePrompt('A report, please');
        const answer = await chat()
          .withStructuredOutput(report, { name: 'report', method })
          .invoke(prompt);
        expect(answer).toEqual({
          city: 'city',
          days: [{ degrees: expect.any(Number), rain: true }],
        });
        expectServed(gateway, id, wire, [200]);
      },
    );
  });
});
