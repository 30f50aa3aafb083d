import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChatCompletion } from '../../src/core/chat.js';
import { parseUsd } from '../../src/core/money.js';
import type { TallyEntry } from '../../src/sandbox/server.js';
import { accumulate } from '../support/accumulate.js';
import {
  costsIn,
  expectCostsToAddUp,
  expectErrorBody,
  postChat,
  readStream,
} from '../support/chat-client.js';
import { startGateway, type RunningMain, type TestGateway } from '../support/gateway.js';
import { weatherTool } from '../support/three-protocols.js';

interface Report {
  readonly mode: string;
  readonly status?: string;
  readonly provider?: string | null;
  readonly searches: number;
  readonly results?: number;
}

const ways = [
  { way: 'in one piece', stream: false },
  { way: 'in a stream', stream: true },
];
const forms = [
  { web_search: true },
  { web_search_options: {} },
  { tools: [{ type: 'web_search' }] },
  { web_search: true, web_search_options: {}, tools: [{ type: 'web_search_preview' }] },
];
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

describe('web search', () => {
  let gateway: TestGateway;
  let main: RunningMain;

  beforeAll(async () => {
    gateway = await startGateway();
    ({ main } = gateway);
  });
  afterAll(() => gateway.stop());

  async function ask(text: string, fields: Readonly<Record<string, unknown>>) {
    const messages = [{ role: 'user', content: text }];
    const caller = { url: main.url, apiKey: gateway.apiKey };
    const answer = await postChat(caller, { model: 'gpt-4o', messages, ...fields });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    const isStream = fields['stream'] === true;
    const { frames } = isStream ? readStream(answer.text) : { frames: [answer.text] };
    const last = frames.at(-1) ?? '';
    expectCostsToAddUp(last);
    const chunks = frames.map((frame) => JSON.parse(frame));
    const completion = isStream ? accumulate(chunks) : (chunks[0] as ChatCompletion);
    const [choice] = completion.choices;
    return {
      id: chunks[0].id as string,
      message: choice?.message,
      finish: choice?.finish_reason,
      report: JSON.parse(last).metadata.web_search as Report | undefined,
      searchCost: costsIn(last).get('cost_usd_web_search'),
    };
  }

  describe.each(ways)('$way', ({ stream }) => {
    it.each(forms)('asked for by %j, is injected with its sources and its price', async (form) => {
      const { message, report, searchCost } = await ask('Hello', { stream, ...form });
      expect(report).toEqual({
        mode: 'injected',
        provider: 'sandbox-search',
        status: 'ok',
        searches: 1,
        results: 5,
      });
      expect(searchCost).toBe(parseUsd('0.005'));
      expect(message?.content).toBe('You said: Hello [1]');
      expect(message?.annotations).toHaveLength(5);
      expect(message?.annotations?.[0]).toEqual({
        type: 'url_citation',
        url_citation: {
          url: 'https://sandbox.example/pages/1',
          title: 'Page 1',
          start_index: 16,
          end_index: 19,
        },
      });
    });

    it('is the provider’s own where it has one', async () => {
      const fields = { model: 'sandbox-large', stream, web_search: true };
      const { message, report, searchCost } = await ask('Hello', fields);
      expect(report).toEqual({ mode: 'native', searches: 1 });
      expect(searchCost).toBe(parseUsd('0.01'));
      expect(message?.annotations).toEqual([
        {
          type: 'url_citation',
          url_citation: expect.objectContaining({ url: 'https://sandbox.example/pages/1' }),
        },
      ]);
    });

    it('costs nothing and says nothing where nobody asks for it', async () => {
      const { message, report, searchCost } = await ask('Hello', { stream, web_search: false });
      expect([report, searchCost, message?.annotations]).toEqual([undefined, undefined, undefined]);
    });

    it('goes together with functions', async () => {
      const tools = [weatherTool, { type: 'web_search', max_uses: 2 }];
      const called = await ask('Ask get_weather', { stream, tools, tool_choice: 'auto' });
      expect([called.finish, called.report?.status]).toEqual(['tool_calls', 'ok']);
      expect(called.message?.tool_calls?.[0]?.function.name).toBe('get_weather');
      expect(called.message?.annotations).toBeUndefined();
    });

    it('goes together with a JSON schema, whose brackets are no references', async () => {
      const response_format = { type: 'json_schema', json_schema: { name: 'place', schema } };
      const fields = { stream, web_search: true, response_format, plugins: ['response-healing'] };
      const { message, report } = await ask('[[bad_json=fence]] Where?', fields);
      expect(JSON.parse(message?.content ?? '')).toHaveProperty('city');
      expect(report?.status).toBe('ok');
      const places = message?.annotations?.map(({ url_citation: at }) => at.end_index);
      expect(places).toEqual([0, 0, 0, 0, 0]);
    });

    it('gives hostile pages no say', async () => {
      const text = '[[search=hostile]] Hello';
      const { message, report, searchCost } = await ask(text, { stream, web_search: true });
      expect(report).toMatchObject({ status: 'ok', results: 3 });
      expect(searchCost).toBe(parseUsd('0.005'));
      expect(message?.content).toBe('You said: Hello [1]');
      const urls = message?.annotations?.map(({ url_citation: { url } }) => url);
      expect(urls).toEqual([
        'https://evil.example/#%3C/url%3E%3Curl%3E',
        'https://control.example/',
        'https://long.example/',
      ]);
      expect(message?.annotations?.[0]?.url_citation.title).toBe('Title alert(1)');
    });

    it.each([
      ['none', 'no_results', parseUsd('0.005')],
      ['huge', 'failed', undefined],
      ['html', 'failed', undefined],
      ['error', 'failed', undefined],
    ])('goes on without results where the search answers with %s', async (how, status, cost) => {
      const text = `[[search=${how}]] Hello`;
      const { message, report, searchCost } = await ask(text, { stream, web_search: true });
      expect(message?.content).toBe('You said: Hello');
      expect(message?.annotations).toBeUndefined();
      expect([report?.status, searchCost]).toEqual([status, cost]);
    });

    it('is given up where it never answers, though not before five seconds', async () => {
      const began = performance.now();
      const id = `silent-${stream}`;
      const text = `[[search=stall]] [[id=${id}]] Hello`;
      const { message, report, searchCost } = await ask(text, { stream, web_search: true });
      expect(performance.now() - began).toBeGreaterThan(4_900);
      expect(message?.content).toBe('You said: Hello');
      expect([report?.status, searchCost]).toEqual(['timed_out', undefined]);
      // The sandbox holds its answer until the gateway leaves.
      const isSearch = (entry: TallyEntry) => entry.protocol === 'search' && entry.id === id;
      await gateway.sandbox.waitFor((entry) => isSearch(entry) && entry.aborted);
      expect(gateway.sandbox.tally().filter(isSearch)).toHaveLength(1);
    });
  });

  it('is refused where nobody can do it, and the answer says what to set', async () => {
    const alone = await gateway.startMain({
      SANDBOX_BASE_URL: '',
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      GROQ_API_KEY: 'key-for-groq',
      GROQ_BASE_URL: `${gateway.sandbox.url}/v1`,
    });
    const messages = [{ role: 'user', content: 'Hello' }];
    const body = { model: 'groq/qwen3.8-27b', messages, tools: [{ type: 'web_search' }] };
    const caller = { url: alone.url, apiKey: gateway.apiKey };
    const { status, text } = await postChat(caller, body);
    const error = expectErrorBody(text);
    expect([status, error.code, error.param]).toEqual([400, 'unsupported_parameter', 'tools[0]']);
    expect(error.message).toContain('SERPER_API_KEY, BRAVE_API_KEY, TAVILY_API_KEY, SEARXNG_URL');
  });
});
