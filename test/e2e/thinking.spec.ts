import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssistantMessage, ChatCompletion } from '../../src/core/chat.js';
import { accumulate } from '../support/accumulate.js';
import { expectErrorBody, postChat, readStream, type RawAnswer } from '../support/chat-client.js';
import type { TestGateway } from '../support/gateway.js';
import {
  expectServed,
  startThreeProtocols,
  thinkingModels,
  uniquePrompt,
  weatherTool,
} from '../support/three-protocols.js';

const ways = [
  { way: 'in one piece', stream: false },
  { way: 'in a stream', stream: true },
];
const signature = expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/);

describe('thinking with tools over two turns', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startThreeProtocols();
  });
  afterAll(() => gateway.stop());

  /** The message of an answer, put together from its chunks where it was streamed. */
  function messageOf({ status, text }: RawAnswer, stream: boolean): AssistantMessage {
    expect([status, text]).toEqual([200, expect.any(String)]);
    const completion = stream ? streamed(text) : (JSON.parse(text) as ChatCompletion);
    const [choice] = completion.choices;
    if (!choice) throw new Error('the answer has no choice');
    return choice.message;
  }

  function streamed(text: string): ChatCompletion {
    const { frames, done } = readStream(text);
    expect(done).toBe(true);
    return accumulate(frames.map((frame) => JSON.parse(frame)));
  }

  describe.each(thinkingModels)('with $model', ({ model, wire }) => {
    describe.each(ways)('$way', ({ stream }) => {
      function ask(prompt: string, ...later: object[]): Promise<RawAnswer> {
        return postChat(gateway, {
          model,
          stream,
          messages: [{ role: 'user', content: prompt }, ...later],
          tools: [weatherTool],
          reasoning_effort: 'low',
        });
      }

      function results(message: AssistantMessage): object[] {
        return (message.tool_calls ?? []).map(({ id }) => ({
          role: 'tool',
          tool_call_id: id,
          content: 'three days of sun',
        }));
      }

      it('goes on after the tool when the message is sent back as it came', async () => {
        const { id, prompt } = uniquePrompt('[[tool=get_weather reasoning=9]] How will it be?');
        const first = messageOf(await ask(prompt), stream);
        expect(first.reasoning).toMatch(/\w+ \w+/);
        expect(first.tool_calls).toMatchObject([
          { function: { name: 'get_weather', arguments: '{"city":"city","days":1}' } },
        ]);
        const second = messageOf(await ask(prompt, first, ...results(first)), stream);
        expect(second.content).toBe('The tool answered: three days of sun');
        expectServed(gateway, id, wire, [200, 200]);
      });

      it('and again after two tools at once, and with the next question', async () => {
        const { id, prompt } = uniquePrompt('[[tools=2 tool=get_weather]] How will it be?');
        const first = messageOf(await ask(prompt), stream);
        expect(first.tool_calls).toHaveLength(2);
        const afterTools = [first, ...results(first)];
        const second = messageOf(await ask(prompt, ...afterTools), stream);
        expect(second.content).toBe('The tool answered: three days of sun');
        // Without a directive only a provider that is asked to think does.
        expect(second.reasoning !== undefined).toBe(wire !== 'openai');
        const question = { role: 'user', content: `[[id=${id}]] And then?` };
        const third = messageOf(await ask(prompt, ...afterTools, second, question), stream);
        expect(third.content).toBe('You said: And then?');
        expectServed(gateway, id, wire, [200, 200, 200]);
      });

      if (wire === 'anthropic') {
        it('gives the signed thoughts, and refuses changed ones in the provider’s words', async () => {
          const { id, prompt } = uniquePrompt('[[tool=get_weather]] How will it be?');
          const first = messageOf(await ask(prompt), stream);
          const [detail, ...others] = first.reasoning_details ?? [];
          expect(others).toEqual([]);
          expect(detail).toMatchObject({
            type: 'reasoning.text',
            text: first.reasoning,
            signature,
          });
          const text = `${detail?.text ?? ''}!`;
          const forged = `A${detail?.signature?.slice(1) ?? ''}`;
          for (const change of [{ text }, { signature: forged }]) {
            const message = { ...first, reasoning_details: [{ ...detail, ...change }] };
            const answer = await ask(prompt, message, ...results(first));
            expect(answer.status).toBe(400);
            expect(expectErrorBody(answer.text)).toMatchObject({
              type: 'invalid_request_error',
              message: expect.stringContaining('Invalid `signature` in `thinking` block'),
            });
          }
          expectServed(gateway, id, wire, [200, 400, 400]);
        });
      }

      if (wire === 'gemini') {
        it('gives the signed call, and refuses a changed one in the provider’s words', async () => {
          const { id, prompt } = uniquePrompt('[[tool=get_weather]] How will it be?');
          const first = messageOf(await ask(prompt), stream);
          const [call, ...others] = first.tool_calls ?? [];
          const thought_signature = call?.extra_content?.google?.thought_signature;
          expect(others).toEqual([]);
          expect(thought_signature).toEqual(signature);
          const forged = { google: { thought_signature: `A${thought_signature?.slice(1) ?? ''}` } };
          const message = { ...first, tool_calls: [{ ...call, extra_content: forged }] };
          const answer = await ask(prompt, message, ...results(first));
          expect(answer.status).toBe(400);
          expect(expectErrorBody(answer.text)).toMatchObject({
            type: 'invalid_request_error',
            message: expect.stringContaining('Corrupted thought signature.'),
          });
          expectServed(gateway, id, wire, [200, 400]);
        });
      }
    });
  });
});
