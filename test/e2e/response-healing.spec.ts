import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChatCompletion } from '../../src/core/chat.js';
import { accumulate } from '../support/accumulate.js';
import {
  expectCostsToAddUp,
  expectErrorBody,
  postChat,
  readStream,
  type RawAnswer,
} from '../support/chat-client.js';
import type { TestGateway } from '../support/gateway.js';
import { servedModels, startThreeProtocols } from '../support/three-protocols.js';

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, city: { type: 'string' } },
  required: ['name', 'city'],
  additionalProperties: false,
};
const format = { type: 'json_schema', json_schema: { name: 'person', schema } };
const ways = [
  { way: 'in one piece', stream: false },
  { way: 'in a stream', stream: true },
];
const damages = ['bom', 'think', 'fence', 'prose', 'comment', 'comma', 'quotes', 'cut', 'twice'];

interface Report {
  readonly healed: boolean;
  readonly steps: readonly string[];
  readonly valid: boolean | null;
}

describe('response healing', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startThreeProtocols();
  });
  afterAll(() => gateway.stop());

  function ask(prompt: string, stream: boolean, fields: object): Promise<RawAnswer> {
    return postChat(gateway, {
      model: 'openai/gpt-4o',
      stream,
      messages: [{ role: 'user', content: prompt }],
      response_format: format,
      ...fields,
    });
  }

  function read({ status, text }: RawAnswer, stream: boolean) {
    expect([status, text]).toEqual([200, expect.any(String)]);
    expectCostsToAddUp(text);
    const frames = stream ? readStream(text).frames.map((frame) => JSON.parse(frame)) : [];
    const completion = stream ? accumulate(frames) : (JSON.parse(text) as ChatCompletion);
    const last = (stream ? frames.at(-1) : completion) as {
      metadata: { plugins?: { response_healing: Report } };
    };
    return {
      contents: completion.choices.map(({ message }) => message.content),
      finish: completion.choices[0]?.finish_reason,
      report: last.metadata.plugins?.response_healing,
    };
  }

  describe.each(ways)('$way', ({ stream }) => {
    const heals = { plugins: ['response-healing'] };

    it('changes nothing about an answer as it should be', async () => {
      const { contents: given } = read(await ask('Who?', stream, {}), stream);
      const { contents, report } = read(await ask('Who?', stream, heals), stream);
      expect(contents).toEqual(given);
      expect(report).toEqual({ healed: false, steps: [], valid: true });
    });

    it.each(damages)('heals an answer with %s', async (damage) => {
      const { contents: given } = read(await ask('Who?', stream, {}), stream);
      const fields = { plugins: [{ id: 'response-healing' }] };
      const answer = read(await ask(`[[bad_json=${damage}]] Who?`, stream, fields), stream);
      expect(JSON.parse(answer.contents[0] ?? '')).toEqual(JSON.parse(given[0] ?? ''));
      expect(answer).toMatchObject({ finish: 'stop', report: { healed: true, valid: true } });
      expect(answer.report?.steps).toHaveLength(1);
    });

    it('gives back as it came what cannot be healed', async () => {
      const { contents, report } = read(
        await ask('[[bad_json=beyond]] Who?', stream, heals),
        stream,
      );
      expect(contents).toEqual(['I cannot say that in JSON.']);
      expect(report).toEqual({ healed: false, steps: [], valid: false });
    });

    it('heals each of several choices', async () => {
      const fields = { ...heals, n: 2 };
      const { contents, report } = read(
        await ask('[[bad_json=fence]] Who?', stream, fields),
        stream,
      );
      expect(contents.map((content) => Object.keys(JSON.parse(content ?? '')))).toEqual([
        ['name', 'city'],
        ['name', 'city'],
      ]);
      const each = { healed: true, steps: ['code_fence'], valid: true };
      expect(report).toEqual({ ...each, choices: [each, each] });
    });

    it('keeps out of an answer that need not be JSON', async () => {
      const fields = { ...heals, response_format: { type: 'text' } };
      const { contents, report } = read(await ask('Hi', stream, fields), stream);
      expect([contents, report]).toEqual([['You said: Hi'], undefined]);
    });
  });

  it.each(servedModels)('works with $model', async ({ model }) => {
    const fields = { model, plugins: ['response-healing'] };
    const { contents } = read(await ask('[[bad_json=fence]] Who?', false, fields), false);
    expect(Object.keys(JSON.parse(contents[0] ?? ''))).toEqual(['name', 'city']);
  });

  it.each([
    [['response-healing', 'web'], 'plugins[1]'],
    [[{ id: 'file-parser' }], 'plugins[0]'],
    [[{}], 'plugins[0]'],
    [[7], 'plugins[0]'],
    [[{ id: 'response-healing', enabled: 'yes' }], 'plugins[0].enabled'],
  ])('refuses %j', async (plugins, param) => {
    const { status, text } = await ask('Hi', false, { plugins });
    expect(status).toBe(400);
    expect(expectErrorBody(text)).toMatchObject({ code: 'invalid_parameter', param });
  });
});
