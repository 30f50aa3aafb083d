import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startReplayServer, type ReplayServer } from '../../../test/support/replay-server.js';
import { Environment } from '../../platform/env.js';
import { AccessTokenService } from '../credentials/access-token.service.js';
import { UpstreamClient } from '../upstream.client.js';
import { brave } from './brave.js';
import type { SearchProvider, SearchQuery } from './search-provider.js';
import { searxng } from './searxng.js';
import { serper } from './serper.js';
import { tavily } from './tavily.js';
import { WebSearchService } from './web-search.service.js';

const QUERY: SearchQuery = {
  text: 'Who?',
  count: 3,
  place: undefined,
  domains: { allowed: [], blocked: [] },
};

function clientWith(settings: Partial<Environment>): UpstreamClient {
  const environment = Object.assign(new Environment(), settings);
  return new UpstreamClient(environment, new AccessTokenService(environment));
}

describe('WebSearchService', () => {
  let server: ReplayServer;
  let upstream: UpstreamClient;

  beforeAll(async () => {
    server = await startReplayServer();
    upstream = clientWith({ ALLOW_PRIVATE_UPSTREAMS: 'true' });
  });
  afterAll(async () => {
    await upstream.onApplicationShutdown();
    await server.close();
  });

  function begin(provider: SearchProvider, body: string | Uint8Array, status = 200) {
    const { id } = provider.definition;
    server.play(id, {
      status,
      headers: { 'content-type': 'application/json' },
      pieces: [Buffer.from(body)],
    });
    const baseUrl = `${server.url}/${id}`;
    const { origin } = new URL(baseUrl);
    const credential = { id: 'c', owner: 'platform', secret: 'the-key', baseUrl, origin } as const;
    const price = { id: 'p', validFrom: 0, components: [] };
    return new WebSearchService(upstream).begin(
      { provider, credential, price, pricePerMillion: 0n },
      QUERY,
    );
  }

  it.each([
    [serper, 'POST', 'x-api-key', 'the-key', { organic: [{ link: 'https://a.example' }] }],
    [
      brave,
      'GET',
      'x-subscription-token',
      'the-key',
      { web: { results: [{ url: 'https://a.example' }] } },
    ],
    [
      tavily,
      'POST',
      'authorization',
      'Bearer the-key',
      { results: [{ url: 'https://a.example' }] },
    ],
    [searxng, 'GET', 'authorization', undefined, { results: [{ url: 'https://a.example' }] }],
  ] as const)('asks %j with its key', async (provider, method, header, value, answer) => {
    const pages = await begin(provider, JSON.stringify(answer)).pages;
    expect(pages.map(({ url }) => url)).toEqual(['https://a.example']);
    const [request] = server.received(provider.definition.id);
    expect([request?.method, request?.headers[header]]).toEqual([method, value]);
    expect(request?.path).toBe(provider.toRequest(QUERY).path);
  });

  it.each([
    ['an error', '{"organic":[]}', 401, /status 401/],
    ['HTML', '<html>', 200, /not JSON/],
    ['another answer', '{"results":[]}', 200, /no list of results/],
    ['10 MB', Buffer.alloc(10 * 1024 * 1024, 'x'), 200, /larger than 1 MiB/],
    ['nothing', '', 200, /not JSON/],
  ])('fails where the provider answers with %s', async (_what, body, status, detail) => {
    await expect(begin(serper, body, status).pages).rejects.toMatchObject({
      code: 'upstream_error',
      detail: expect.stringMatching(detail),
    });
  });

  it('ends by what it was broken off with', async () => {
    const running = begin(serper, '{"organic":[]}');
    const reason = new Error('enough');
    running.abort(reason);
    await expect(running.pages).rejects.toBe(reason);
  });

  it('asks no private address unless it may', async () => {
    const guarded = clientWith({});
    const baseUrl = `${server.url}/serper`;
    const credential = {
      id: 'c',
      owner: 'platform',
      secret: 's',
      baseUrl,
      origin: server.url,
    } as const;
    const price = { id: 'p', validFrom: 0, components: [] };
    const target = { provider: serper, credential, price, pricePerMillion: 0n };
    await expect(new WebSearchService(guarded).begin(target, QUERY).pages).rejects.toMatchObject({
      detail: expect.stringContaining('ALLOW_PRIVATE_UPSTREAMS'),
    });
    await guarded.onApplicationShutdown();
  });
});
