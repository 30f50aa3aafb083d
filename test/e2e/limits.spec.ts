import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatBody, fetchChat, postChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { DAY, inOneWindow } from '../support/one-window.js';
import { createTenant, type TestTenant } from '../support/paying-tenant.js';

describe('limits', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  /** A tenant with a limit on its key. */
  async function limited(kind: string, cap: string, window = 'minute'): Promise<TestTenant> {
    const tenant = await createTenant(gateway.database, { credit: '5' });
    await gateway.database.query(
      `INSERT INTO quota (id, organization_id, scope, scope_id, kind, cap, "window")
       VALUES ($1, $2, 'api_key', $3, $4, $5, $6)`,
      [`quo_${tenant.apiKeyId}`, tenant.organizationId, tenant.apiKeyId, kind, cap, window],
    );
    return tenant;
  }

  const callerOf = ({ apiKey }: TestTenant) => ({ url: gateway.url, apiKey });

  it(
    'are told with every answer, in one piece and as a stream, and refuse with 429',
    inOneWindow(DAY, async () => {
      const tenant = await limited('requests_per_day', '2', 'day');
      const caller = callerOf(tenant);
      const whole = await postChat(caller, chatBody('[[tokens=3]]', { max_tokens: 10 }));
      expect(whole.status).toBe(200);
      expect(whole.headers.get('x-ratelimit-limit-requests')).toBe('2');
      expect(whole.headers.get('x-ratelimit-remaining-requests')).toBe('1');
      expect(whole.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+h)?(\d+m)?\d+s$/);
      expect(whole.headers.get('x-ratelimit-limit-tokens')).toBeNull();

      const body = chatBody('[[tokens=3]]', { max_tokens: 10, stream: true });
      const stream = await fetchChat(caller, body);
      expect(stream.headers.get('x-ratelimit-remaining-requests')).toBe('0');
      await stream.text();

      const refused = await postChat(caller, chatBody(`[[id=${tenant.apiKeyId} tokens=3]]`));
      expect(refused.status).toBe(429);
      expect(JSON.parse(refused.text).error).toMatchObject({
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
      });
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(86_400);
      expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
      expect(gateway.sandbox.tally().filter(({ id }) => id === tenant.apiKeyId)).toEqual([]);
    }),
  );

  it('of tokens count what was used, and the rest is free again', async () => {
    const tenant = await limited('tokens_per_minute', '5000');
    const caller = callerOf(tenant);
    for (let call = 0; call < 5; call++) {
      const answer = await postChat(caller, chatBody('[[tokens=10]]', { max_tokens: 3_000 }));
      // Held together they would be three times the limit.
      expect([answer.status, answer.headers.get('x-ratelimit-limit-tokens')]).toEqual([
        200,
        '5000',
      ]);
    }
  });

  it(
    'of budgets are counted to the last digit',
    inOneWindow(DAY, async () => {
      const tenant = await limited('budget', '1', 'month');
      const answer = await postChat(
        callerOf(tenant),
        chatBody('[[tokens=33]]', { max_tokens: 100 }),
      );
      const cost = /"cost_usd_total":([0-9.]+)/.exec(answer.text)?.[1];
      await eventually(
        async () => {
          const { rows } = await gateway.database.query<{ spent: string }>(
            'SELECT trim_scale(spent)::text AS spent FROM quota WHERE id = $1',
            [`quo_${tenant.apiKeyId}`],
          );
          return rows[0]?.spent;
        },
        (spent) => spent === cost,
      );
    }),
  );

  it('of a process that was fenced end it, so that its supervisor starts another', async () => {
    const { main } = gateway;
    await gateway.database.query(`UPDATE process SET state = 'fenced' WHERE state = 'alive'`);
    expect(await main.program.ended).toBe(75);
    await gateway.startMain();
    const answer = await postChat(gateway, chatBody('[[tokens=3]]', { max_tokens: 10 }));
    expect(answer.status).toBe(200);
  });
});
