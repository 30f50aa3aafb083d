import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseUsd } from '../../src/core/money.js';
import { booksOf } from '../support/books.js';
import { chatBody, costsIn, expectErrorBody, postChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createTenant } from '../support/paying-tenant.js';
import { startReplayServer, type ReplayServer } from '../support/replay-server.js';

const FOUND = JSON.stringify({
  organic: [{ link: 'https://a.example/', title: 'A', snippet: 'text' }],
});
const SEARCH = parseUsd('0.001');

describe('credentials of search providers', () => {
  let gateway: TestGateway;
  let server: ReplayServer;

  beforeAll(async () => {
    server = await startReplayServer();
    gateway = await startGateway({ environment: { ALLOW_PRIVATE_UPSTREAMS: 'true' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await server.close();
  });

  /** Stores a credential by the admin API; `path` is the collection. */
  async function store(
    path: string,
    provider_id: string,
    base_url: string,
    verify: boolean,
  ): Promise<number> {
    const response = await fetch(`${gateway.url}/admin/v1/${path}?verify=${verify}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.adminToken}`,
        'content-type': 'application/json',
        'idempotency-key': `store-${path}-${provider_id}`,
      },
      body: JSON.stringify({ provider_id, name: 'ours', secret: 'the-secret-of-it', base_url }),
    });
    return response.status;
  }

  function play(prefix: string, body = FOUND): void {
    const headers = { 'content-type': 'application/json' };
    server.play(prefix, { status: 200, headers, pieces: [Buffer.from(body)] });
  }

  it('are tried, stored for the platform, and used by the cheapest first', async () => {
    play('platform', '{"balance":1}');
    expect(await store('credentials', 'serper', `${server.url}/platform`, true)).toBe(201);
    expect(server.received('platform').map(({ path }) => path)).toEqual(['/account']);
    play('platform');
    const body = chatBody('Who?', { model: 'gpt-4o', web_search: true });
    const { status, text } = await postChat(gateway, body);
    expect([status, JSON.parse(text).metadata.web_search]).toEqual([
      200,
      { mode: 'injected', provider: 'serper', status: 'ok', searches: 1, results: 1 },
    ]);
    expect(costsIn(text).get('cost_usd_web_search')).toBe(SEARCH);
    const [request] = server.received('platform');
    expect(request?.headers['x-api-key']).toBe('the-secret-of-it');
    expect(JSON.parse(request?.body ?? '')).toEqual({ q: 'Who?', num: 5 });
  });

  it('of an organization serve its own calls, which nobody here pays', async () => {
    const { apiKey, organizationId } = await createTenant(gateway.database, { credit: '1' });
    const own = `UPDATE project SET mode = 'api-keys' WHERE organization_id = $1`;
    await gateway.database.query(own, [organizationId]);
    const path = `organizations/${organizationId}/credentials`;
    expect(await store(path, 'groq', `${gateway.sandbox.url}/v1`, false)).toBe(201);
    const caller = { url: gateway.url, apiKey };
    const body = chatBody('Who?', { model: 'groq/qwen3.8-27b', web_search: true });

    const alone = await postChat(caller, body);
    const { param, message } = expectErrorBody(alone.text);
    expect([alone.status, param]).toEqual([400, 'web_search']);
    expect(message).toContain('a credential of the organization for a search provider');

    play('own');
    expect(await store(path, 'serper', `${server.url}/own`, false)).toBe(201);
    const { status, text } = await postChat(caller, body);
    const { id, metadata } = JSON.parse(text);
    expect([status, metadata.charged, metadata.web_search.provider]).toEqual([
      200,
      false,
      'serper',
    ]);
    expect(costsIn(text).get('cost_usd_web_search')).toBe(SEARCH);
    expect(server.received('own')).toHaveLength(1);
    const books = await eventually(
      () => booksOf(gateway.database, id),
      ({ requests }) => requests > 0,
    );
    expect(books.postings).toEqual([]);
  });
});
