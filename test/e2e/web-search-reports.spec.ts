import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatUsd, parseUsd } from '../../src/core/money.js';
import { getAdmin } from '../support/admin-client.js';
import { chatBody, fetchChat, postChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { newKey } from '../support/money-api.js';
import { Program } from '../support/program.js';

const SEARCHER = 'sandbox-search';
const SEARCH = parseUsd('0.005');
/** Calls that were searched for, whatever became of them. */
const SEARCHED = 6;
const TAGGED = { 'x-osm-tag-team': 'a' };

type Row = Readonly<Record<string, string | number | null>>;

/** The books of calls that the gateway searched for: answered whole and in a stream, failed, cut, left, killed. */
describe('reports of what searches cost', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
    const ask = (text: string, more: object = {}) =>
      postChat(gateway, chatBody(text, { model: 'gpt-4o', web_search: true, ...more }), TAGGED);
    const stream = { stream: true };
    const answers = [
      await ask('Hello'),
      await ask('Hello', stream),
      await ask('[[error=500]] Hello'),
      await ask('[[cut=1]] Hello you', stream),
      await ask('Hello', { web_search: false }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 502, 200, 200]);
    (await begin()).abort();
    const { program } = gateway.main;
    const held = await begin();
    await program.kill();
    held.abort();
    await gateway.startMain();
    const logged = () => gateway.database.query('SELECT call_id FROM request_log');
    await eventually(logged, ({ rowCount }) => rowCount === SEARCHED + 1);
  }, 60_000);
  afterAll(() => gateway.stop());

  /** Begins a stream that stalls, and reads its first content; gives what makes the client leave. */
  async function begin(): Promise<AbortController> {
    const client = new AbortController();
    const fields = { model: 'gpt-4o', web_search: true, stream: true };
    const body = chatBody('[[stall=1]] Hello you', fields);
    const response = await fetchChat(gateway, body, TAGGED, client.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    reader?.closed.catch(() => undefined);
    return client;
  }

  async function report(query: string): Promise<{ data: readonly Row[]; total: Row }> {
    const response = await getAdmin(gateway, `reports/usage?${query}`);
    expect(response.status).toBe(200);
    return (await response.json()) as { data: readonly Row[]; total: Row };
  }

  /** What each provider's account of costs holds, by the name of the provider. */
  async function costAccounts(): Promise<ReadonlyMap<string, string>> {
    const { rows } = await gateway.database.query<{ provider: string; amount: string }>(
      `SELECT split_part(account, ':', 2) AS provider, trim_scale(sum(amount))::text AS amount
       FROM posting WHERE account LIKE 'provider_cost:%' GROUP BY 1`,
    );
    return new Map(rows.map(({ provider, amount }) => [provider, amount]));
  }

  it('are those of the ledger, provider by provider, and a search is no request', async () => {
    const { data, total } = await report('group_by=provider');
    const accounts = await costAccounts();
    const costs = data.filter((row) => row['provider_cost'] !== '0');
    expect(new Map(costs.map((row) => [row['provider'], row['provider_cost']]))).toEqual(accounts);
    const sum = [...accounts.values()].reduce((so, amount) => so + parseUsd(amount), 0n);
    expect(total).toMatchObject({ provider_cost: formatUsd(sum), requests: SEARCHED + 1 });
    const searches = data.find(({ provider }) => provider === SEARCHER);
    expect(searches).toMatchObject({
      requests: 0,
      charged: '0',
      provider_cost: formatUsd(SEARCH * BigInt(SEARCHED)),
    });
  });

  it.each(['group_by=tag:team', 'group_by=hour', 'group_by=organization&group_by=model'])(
    'by %s add up to the same',
    async (query) => {
      const { data } = await report(query);
      const cost = data.reduce((so, row) => so + parseUsd(String(row['provider_cost'])), 0n);
      const booked = [...(await costAccounts()).values()].map(parseUsd);
      expect(cost).toBe(booked.reduce((so, amount) => so + amount, 0n));
    },
  );

  it('are found by the bill of the search provider, to the last digit', async () => {
    const { rows } = await gateway.database.query<{ day: string; amount: string }>(
      `SELECT (occurred_at AT TIME ZONE 'UTC')::date::text AS day, count(*) * 0.005 AS amount
       FROM usage_event WHERE attempt_costs @> '[{"model": "web-search"}]' AND revision = 1 GROUP BY 1`,
    );
    const booked = formatUsd(SEARCH * BigInt(SEARCHED));
    const lines = rows.map(({ day, amount }) => `${day},web-search,${amount}\n`).join('');
    const csv = `day,model,amount\n${lines}total,,${booked}\n`;
    const response = await fetch(`${gateway.url}/admin/v1/reconciliations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.adminToken}`,
        'content-type': 'application/json',
        ...newKey(),
      },
      body: JSON.stringify({ provider_id: SEARCHER, csv }),
    });
    expect([response.status, await response.json()]).toEqual([
      201,
      expect.objectContaining({ billed: booked, booked, posted: '0', is_new: false }),
    ]);
  });

  it('stand the audit', async () => {
    const program = new Program('dist/audit.js', gateway.environment);
    expect([await program.ended, program.output]).toEqual([
      0,
      expect.stringContaining('[audit] 0 rows'),
    ]);
  });
});
