import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { getAdmin, type RequestRow } from '../support/admin-client.js';
import { chatBody, expectErrorBody, postChat } from '../support/chat-client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { makeCalls, type Group, type Page } from '../support/seven-calls.js';
import type { TestTenant } from '../support/paying-tenant.js';

/** Beside the calls of the first organization there are some of another, which no filter may let through. */
describe('the admin API', () => {
  let gateway: TestGateway;
  let tenant: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    gateway = await startGateway();
    [tenant, other] = await makeCalls(gateway);
  });
  afterAll(() => gateway.stop());

  async function get<T>(path: string): Promise<T> {
    const response = await getAdmin(gateway, path);
    expect([path, response.status]).toEqual([path, 200]);
    return (await response.json()) as T;
  }

  async function refusal(path: string): Promise<[number, string, string | null]> {
    const response = await getAdmin(gateway, path);
    const { code, param } = expectErrorBody(await response.text());
    return [response.status, code, param];
  }

  describe('GET requests', () => {
    const count = async (query: string): Promise<number> =>
      (await get<Page>(`requests?organization_id=${tenant.organizationId}&${query}`)).data.length;

    it('gives the newest first', async () => {
      const { data, has_more, next_cursor } = await get<Page>('requests');
      expect([data.length, has_more, next_cursor]).toEqual([7, false, null]);
      const times = data.map((row) => String(row['started_at']));
      expect(times).toEqual([...times].sort().reverse());
    });

    it('shows what a call was, and nothing of its content', async () => {
      const { data } = await get<Page>('requests?model=sandbox-large');
      expect(data).toEqual([
        expect.objectContaining({
          object: 'request',
          id: expect.stringMatching(/^tx_osm_/),
          organization_id: tenant.organizationId,
          api_key_id: tenant.apiKeyId,
          endpoint: 'chat.completions',
          stream: false,
          requested_model: 'sandbox-large',
          used_model: 'sandbox-large',
          used_provider: 'sandbox',
          outcome: 'completed',
          status: 200,
          finish_reason: 'stop',
          completion_tokens: 4,
          cost_usd: expect.stringMatching(/^0\.\d+$/),
          cost_basis: 'final',
          attempts: [{ provider: 'sandbox', status: 200, reason: 'ok' }],
          tags: {},
        }),
      ]);
      expect(JSON.stringify(data)).not.toContain('tokens=4');
    });

    it('filters by each of its fields', async () => {
      expect(await count('')).toBe(6);
      expect(await count('model=sandbox-small')).toBe(4);
      expect(await count('provider=sandbox&outcome=completed')).toBe(4);
      expect(await count('outcome=failed')).toBe(1);
      expect(await count('outcome=refused')).toBe(1);
      expect(await count(`api_key_id=${tenant.apiKeyId}`)).toBe(6);
      expect(await count(`api_key_id=${other.apiKeyId}`)).toBe(0);
      expect(await count('since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z')).toBe(0);
      expect(await count('since=2020-01-01T00:00:00Z')).toBe(6);
    });

    it('gives all of them, each once, page by page', async () => {
      const whole = await get<Page>('requests');
      const ids: string[] = [];
      const sizes: number[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Page = await get(`requests?limit=3${cursor && `&cursor=${cursor}`}`);
        ids.push(...page.data.map(({ id }) => id));
        sizes.push(page.data.length);
        expect(page.has_more).toBe(page.next_cursor !== null);
        cursor = page.next_cursor;
      }
      expect(sizes).toEqual([3, 3, 1]);
      expect(ids).toEqual(whole.data.map(({ id }) => id));
    });

    it('gives those of one organization alone under its path, also as an export', async () => {
      const path = `organizations/${other.organizationId}/requests`;
      const { data } = await get<Page>(path);
      expect(data.map((row) => row['organization_id'])).toEqual([other.organizationId]);
      expect(await refusal(`${path}/${(await get<Page>('requests')).data.at(-1)?.id}`)).toEqual([
        404,
        'resource_not_found',
        null,
      ]);
      const lines = await (await getAdmin(gateway, `${path}/export`)).text();
      expect(JSON.parse(lines)).toEqual(data[0]);
    });

    it.each([
      ['cursor=nonsense', 'cursor'],
      [`cursor=${Buffer.from('2026-01-01T00:00:00.000Z').toString('base64url')}`, 'cursor'],
      [`cursor=${Buffer.from('2026-01-01T00:00:00.000Z a\0b').toString('base64url')}`, 'cursor'],
      ['color=red', 'color'],
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=many', 'limit'],
      ['outcome=lost', 'outcome'],
      ['since=yesterday', 'since'],
      ['model=a&model=b', 'model'],
      ['model=%00', null],
    ])('refuses ?%s', async (query, param) => {
      expect(await refusal(`requests?${query}`)).toEqual([400, 'invalid_parameter', param]);
    });
  });

  describe('GET requests/{id}', () => {
    it('gives the call with its revisions and their cost lines', async () => {
      const { data } = await get<Page>('requests?outcome=completed&limit=1');
      const [row] = data;
      const { revisions, ...call } = await get<RequestRow & { revisions: Group[] }>(
        `requests/${row?.id}`,
      );
      expect(call).toEqual(row);
      expect(revisions).toEqual([
        expect.objectContaining({ revision: 1, rank: 'final', amount: row?.cost_usd }),
      ]);
      const lines = revisions[0]?.['cost_lines'] as { amount: string }[];
      const sum = lines.reduce((total, { amount }) => total + parseUsd(amount), 0n);
      expect(formatUsd(sum)).toBe(row?.cost_usd);
    });

    it('answers 404 for a call that is not there', async () => {
      expect(await refusal('requests/tx_osm_00000000000000000000000000')).toEqual([
        404,
        'resource_not_found',
        null,
      ]);
      expect(await refusal('requests/%00')).toEqual([400, 'invalid_parameter', null]);
    });
  });

  describe('GET usage', () => {
    it.each(['key', 'model', 'day', 'hour'])(
      'adds up by %s to what the requests cost',
      async (name) => {
        const { data: rows } = await get<Page>(`requests?organization_id=${tenant.organizationId}`);
        const { data, group_by } = await get<{ data: Group[]; group_by: string }>(
          `usage?group_by=${name}&organization_id=${tenant.organizationId}`,
        );
        expect(group_by).toBe(name);
        const sum = (amounts: readonly string[]): bigint =>
          amounts.reduce((total, amount) => total + parseUsd(amount), 0n);
        expect(sum(data.map(({ cost_usd }) => cost_usd))).toBe(
          sum(rows.map(({ cost_usd }) => cost_usd)),
        );
        expect(data.reduce((total, { requests }) => total + requests, 0)).toBe(6);
        expect(data.reduce((total, group) => total + group.completion_tokens, 0)).toBe(10);
      },
    );

    it('names the groups', async () => {
      const groups = async (name: string): Promise<unknown[]> => {
        const { data } = await get<{ data: Group[] }>(`usage?group_by=${name}`);
        return data.map((group) => [group[name], group.requests]);
      };
      expect(await groups('key')).toEqual(
        [
          [other.apiKeyId, 1],
          [tenant.apiKeyId, 6],
        ].sort(),
      );
      expect(await groups('model')).toEqual([
        ['sandbox-large', 1],
        ['sandbox-small', 5],
        [null, 1],
      ]);
      // Midnight may have passed while they were made.
      const days = (await get<Page>('requests')).data.map((row) =>
        String(row['started_at']).slice(0, 10),
      );
      expect(await groups('day')).toEqual(
        [...new Set(days)].sort().map((day) => [day, days.filter((one) => one === day).length]),
      );
    });

    it.each([
      ['', 'group_by'],
      ['?group_by=color', 'group_by'],
      ['?group_by=__proto__', 'group_by'],
      ['?group_by=key&since=x', 'since'],
      ['?group_by=key&limit=1', 'limit'],
    ])('refuses usage%s', async (query, param) => {
      expect(await refusal(`usage${query}`)).toEqual([400, 'invalid_parameter', param]);
    });
  });

  describe('is closed', () => {
    const status = async (path: string, headers: Record<string, string>): Promise<unknown[]> => {
      const response = await fetch(`${gateway.url}${path}`, { headers });
      const { code } = expectErrorBody(await response.text());
      return [response.status, code];
    };
    const closed = [401, 'invalid_api_key'];

    it.each(['requests', 'requests/tx_osm_1', 'usage?group_by=key'])(
      'at %s without a token, with a wrong one and with an API key',
      async (path) => {
        const route = `/admin/v1/${path}`;
        expect(await status(route, {})).toEqual(closed);
        const wrong = gateway.adminToken.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
        expect(await status(route, { authorization: `Bearer ${wrong}` })).toEqual(closed);
        expect(await status(route, { authorization: `Bearer ${tenant.apiKey}` })).toEqual(closed);
        const inQuery = `${route}${route.includes('?') ? '&' : '?'}api_key=${gateway.adminToken}`;
        expect(await status(inQuery, {})).toEqual(closed);
      },
    );

    it('to a token that was revoked, at once', async () => {
      await gateway.database.query('UPDATE admin_token SET revoked_at = now()');
      expect(
        await status('/admin/v1/requests', { authorization: `Bearer ${gateway.adminToken}` }),
      ).toEqual(closed);
      await gateway.database.query('UPDATE admin_token SET revoked_at = NULL');
    });

    it('and its tokens open no other door', async () => {
      const headers = { authorization: `Bearer ${gateway.adminToken}` };
      expect(await status('/v1/models', headers)).toEqual(closed);
      const answer = await postChat(
        { url: gateway.url, apiKey: gateway.adminToken },
        chatBody('x'),
      );
      expect(answer.status).toBe(401);
    });
  });
});
