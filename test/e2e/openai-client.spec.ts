import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { requestRow } from '../support/admin-client.js';
import {
  chatBody,
  expectCostsToAddUp,
  postChat,
  readStream,
  type StreamText,
} from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { model, OpenAiCaller } from './openai-client/openai-caller.js';
import { describeTools } from './openai-client/tools.js';

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};

describe.each(['on', 'off'])('the openai package, HOT_LANE=%s', (lane) => {
  let gateway: TestGateway;
  let caller: OpenAiCaller;

  beforeAll(async () => {
    gateway = await startGateway({ environment: { HOT_LANE: lane } });
    const { apiKey, url } = gateway;
    caller = new OpenAiCaller(new OpenAI({ apiKey, baseURL: `${url}/v1`, maxRetries: 0 }));
  });
  afterAll(() => gateway.stop());

  const create: OpenAiCaller['create'] = (...request) => caller.create(...request);
  const chunksOf: OpenAiCaller['chunksOf'] = (...request) => caller.chunksOf(...request);

  async function streamText(content: string, fields: object): Promise<StreamText> {
    const { text } = await postChat(gateway, chatBody(content, { stream: true, ...fields }));
    return readStream(text);
  }

  describe('gets a text', () => {
    it('with the sandbox’s own count of tokens, and their price', async () => {
      const completion = await create('[[id=text tokens=7 cached=2]] Hello, how are you today?');
      const entry = await gateway.sandbox.waitFor(({ id }) => id === 'text');
      expect(completion).toMatchObject({
        object: 'chat.completion',
        model,
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
        usage: {
          prompt_tokens: entry.promptTokens,
          completion_tokens: 7,
          total_tokens: entry.promptTokens + 7,
          prompt_tokens_details: { cached_tokens: 2 },
        },
        metadata: {
          requested_model: model,
          requested_provider: null,
          used_model: model,
          used_provider: 'sandbox',
          underlying_used_model: model,
          routing: { attempts: [{ provider: 'sandbox', status: 200, reason: 'ok' }] },
          charged: true,
          dropped_params: [],
          cost_basis: 'final',
        },
      });
      expect(completion.id).toMatch(/^tx_osm_[0-9A-HJKMNP-TV-Z]{26}$/);
    });

    it('with costs that add up as decimals, also in the header', async () => {
      const { text, headers } = await postChat(gateway, chatBody('[[tokens=7 cached=2]] Add up!'));
      expect(expectCostsToAddUp(text)).toBeGreaterThan(0n);
      expect(text).toContain(`"cost_usd_total":${headers.get('x-osm-response-cost') ?? ''},`);
      expect(headers.get('x-osm-provider')).toBe('sandbox');
      expect(headers.get('x-osm-model')).toBe(model);
    });

    it('from a model that is pinned to a provider', async () => {
      const completion = await create('Hi', { model: `sandbox/${model}` });
      expect(completion).toMatchObject({ model, metadata: { requested_provider: 'sandbox' } });
    });

    it('in several choices', async () => {
      const { choices } = await create('Alternatives', { n: 3 });
      expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
        [0, 'You said: Alternatives'],
        [1, 'You said (2): Alternatives'],
        [2, 'You said (3): Alternatives'],
      ]);
    });

    it('that ends at the limit of tokens', async () => {
      const completion = await create('[[tokens=50]]', { max_tokens: 3 });
      expect(completion.choices[0]?.finish_reason).toBe('length');
      expect(completion.usage?.completion_tokens).toBe(3);
    });

    it('with its reasoning, counted among the completion tokens', async () => {
      const { choices, usage } = await create('[[tokens=4 reasoning=6]]', {
        reasoning_effort: 'low',
      });
      expect(choices[0]?.message).toMatchObject({ reasoning: expect.stringMatching(/\w/) });
      expect(usage).toMatchObject({
        completion_tokens: 10,
        reasoning_tokens: 6,
        completion_tokens_details: { reasoning_tokens: 6 },
      });
    });

    it('as JSON after a schema', async () => {
      const { choices } = await create('Who?', {
        response_format: { type: 'json_schema', json_schema: { name: 'person', schema: person } },
      });
      expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({
        name: expect.any(String),
        age: expect.any(Number),
      });
    });

    it('as any JSON object', async () => {
      const { choices } = await create('JSON, please', {
        response_format: { type: 'json_object' },
      });
      expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ answer: 'JSON, please' });
    });
  });

  describe('reads a stream', () => {
    it('with one id, one creation time and one model, and the role once', async () => {
      const chunks = await chunksOf('[[tokens=20]]');
      const heads = new Set(
        chunks.map(({ id, created, model: name }) => `${id} ${created} ${name}`),
      );
      expect([...heads]).toEqual([expect.stringMatching(/^tx_osm_\w{26} \d{10} sandbox-small$/)]);
      const roles = chunks.flatMap(({ choices }) => choices[0]?.delta.role ?? []);
      expect(roles).toEqual(['assistant']);
      expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    });

    it('that says the same as the answer in one piece', async () => {
      const prompt = '[[tokens=30 reasoning=5]]';
      const chunks = await chunksOf(prompt);
      const { choices, usage } = await create(prompt);
      const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
      expect(text).toBe(choices[0]?.message.content);
      expect(chunks.at(-1)?.usage).toEqual(usage);
    });

    it('whose last frame has OpenAI’s form with include_usage', async () => {
      const { frames, done } = await streamText('[[tokens=3]]', {
        stream_options: { include_usage: true },
      });
      const [last, ...earlier] = frames.map((frame) => JSON.parse(frame)).reverse();
      expect(done).toBe(true);
      expect(last).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
      expect(last.metadata).toMatchObject({ used_provider: 'sandbox', cost_basis: 'final' });
      expect(earlier.map(({ usage }) => usage)).toEqual(earlier.map(() => null));
      expectCostsToAddUp(frames.at(-1) ?? '');
    });

    it('whose last frame has a choice without include_usage', async () => {
      const { frames, done } = await streamText('[[tokens=3]]', {});
      const [last, ...earlier] = frames.map((frame) => JSON.parse(frame)).reverse();
      expect(done).toBe(true);
      expect(last).toMatchObject({
        choices: [{ index: 0, delta: {}, finish_reason: null }],
        usage: { completion_tokens: 3 },
        metadata: { used_provider: 'sandbox' },
      });
      expect(earlier.filter((chunk) => 'usage' in chunk)).toEqual([]);
      expectCostsToAddUp(frames.at(-1) ?? '');
    });

    it('without any usage where the client declines it', async () => {
      const { frames, done } = await streamText('[[tokens=3]]', {
        stream_options: { include_usage: false },
      });
      expect(done).toBe(true);
      expect(frames.filter((frame) => /usage|cost|metadata/.test(frame))).toEqual([]);
      expect(JSON.parse(frames.at(-1) ?? '').choices[0].finish_reason).toBe('stop');
    });

    it('of several choices', async () => {
      const chunks = await chunksOf('Alternatives', { n: 2 });
      const texts = [0, 1].map((index) =>
        chunks
          .flatMap(({ choices }) => choices)
          .filter((choice) => choice.index === index)
          .map(({ delta }) => delta.content ?? '')
          .join(''),
      );
      expect(texts).toEqual(['You said: Alternatives', 'You said (2): Alternatives']);
    });
  });

  describeTools(() => caller);

  it('is given the id under which the admin API knows the call', async () => {
    const completion = await create('Who am I?');
    const row = await requestRow(gateway, completion.id);
    expect(row).toMatchObject({ outcome: 'completed', status: 200, requested_model: model });
  });
});
