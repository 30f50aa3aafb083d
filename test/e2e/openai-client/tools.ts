import { describe, expect, it } from '@jest/globals';
import { model, user, type OpenAiCaller } from './openai-caller.js';

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const;
const clock = {
  type: 'function',
  function: { name: 'get_time', parameters: { type: 'object', properties: {} } },
} as const;

/** Tools, called one by one and together, in answers and streams. */
export function describeTools(caller: () => OpenAiCaller): void {
  describeRoundTrips(caller);
  describeSeveral(caller);
}

function describeRoundTrips(caller: () => OpenAiCaller): void {
  describe('calls tools', () => {
    it('round trip', async () => {
      const messages = user('[[tool=get_weather]] How is it outside?');
      const first = await caller().client.chat.completions.create({
        model,
        messages,
        tools: [weather],
      });
      const [choice] = first.choices;
      expect(choice?.finish_reason).toBe('tool_calls');
      const [call] = choice?.message.tool_calls ?? [];
      if (!choice || call?.type !== 'function') throw new Error('no function was called');
      expect(call.function.name).toBe('get_weather');
      expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
      const second = await caller().client.chat.completions.create({
        model,
        tools: [weather],
        messages: [
          ...messages,
          choice.message,
          { role: 'tool', tool_call_id: call.id, content: 'sunny, 21 °C' },
        ],
      });
      expect(second.choices[0]?.message.content).toBe('The tool answered: sunny, 21 °C');
    });

    it('round trip in streams', async () => {
      const stream = caller().client.chat.completions.stream({
        model,
        messages: user('[[tool=get_weather]] How is it outside?'),
        tools: [weather],
      });
      const message = await stream.finalMessage();
      const [call] = message.tool_calls ?? [];
      if (call?.type !== 'function') throw new Error('no function was called');
      expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
      const last = caller().client.chat.completions.stream({
        model,
        tools: [weather],
        messages: [
          ...user('[[tool=get_weather]] How is it outside?'),
          message,
          { role: 'tool', tool_call_id: call.id, content: 'rain' },
        ],
      });
      expect(await last.finalContent()).toBe('The tool answered: rain');
    });
  });
}

function describeSeveral(caller: () => OpenAiCaller): void {
  describe('calls several tools', () => {
    it('two at once, each named once in a stream', async () => {
      const fields = { tools: [weather, clock] };
      const chunks = await caller().chunksOf('[[tools=2]]', fields);
      const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
      const names = deltas.flatMap(({ index, id, function: called }) =>
        called?.name ? [[index, typeof id, called.name]] : [],
      );
      expect(names).toEqual([
        [0, 'string', 'get_weather'],
        [1, 'string', 'get_time'],
      ]);
      expect(deltas.filter(({ id }) => id !== undefined)).toHaveLength(2);
      const whole = await caller().create('[[tools=2]]', fields);
      const argumentsOf = (at: number): string =>
        deltas
          .filter(({ index }) => index === at)
          .map((delta) => delta.function?.arguments ?? '')
          .join('');
      expect([0, 1].map(argumentsOf)).toEqual(
        whole.choices[0]?.message.tool_calls?.map((call) =>
          call.type === 'function' ? call.function.arguments : '',
        ),
      );
    });

    it('one only where two at once are not wanted', async () => {
      const { choices } = await caller().create('[[tools=2]]', {
        tools: [weather, clock],
        parallel_tool_calls: false,
      });
      expect(choices[0]?.message.tool_calls).toHaveLength(1);
    });
  });
}
