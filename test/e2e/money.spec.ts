import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';
import { auditOf, booksOf, soundBooks, type CallBooks } from '../support/books.js';
import {
  chatBody,
  costsIn,
  expectCostsToAddUp,
  fetchChat,
  postChat,
  readStream,
} from '../support/chat-client.js';
import { requestRow } from '../support/admin-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createTenant } from '../support/paying-tenant.js';

describe('money', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  /** The books of a call, once it was posted. */
  function posted(callId: string): Promise<CallBooks> {
    return eventually(
      () => booksOf(gateway.database, callId),
      ({ requests }) => requests > 0,
    );
  }

  async function balanceOf(organizationId: string): Promise<PicoUsd> {
    const { rows } = await gateway.database.query<{ left: string }>(
      `SELECT trim_scale(cap - spent)::text AS left FROM quota WHERE scope_id = $1 AND kind = 'credit'`,
      [organizationId],
    );
    return parseUsd(rows[0]?.left ?? '');
  }

  /** Makes a call and gives its id and what the client was told that it cost. */
  async function call(
    text: string,
    fields: object = {},
    apiKey = gateway.apiKey,
  ): Promise<{ id: string; total: PicoUsd }> {
    const body = chatBody(text, { max_tokens: 1_000, ...fields });
    const answer = await postChat({ url: gateway.url, apiKey }, body);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    const { frames } = 'stream' in fields ? readStream(answer.text) : { frames: [answer.text] };
    const last = frames.at(-1) ?? '';
    return { id: JSON.parse(last).id, total: expectCostsToAddUp(last) };
  }

  describe.each([
    ['in one piece', {}],
    ['as a stream', { stream: true }],
  ])('of an answer %s', (_name, fields) => {
    it('is in usage event, cost lines, request log and a ledger transaction of charge and cost', async () => {
      const { id, total } = await call('[[tokens=17 cached=3]] What does this cost?', fields);
      const { events, postings, requests } = await posted(id);
      expect(requests).toBe(1);
      expect(events).toEqual([
        { revision: 1, rank: 'final', amount: total, lines: expect.any(Array) },
      ]);
      expect(events[0]?.lines.reduce((sum, amount) => sum + amount, 0n)).toBe(total);
      expect(postings).toEqual([
        { account: expect.stringMatching(/^wallet:org_/), amount: -total },
        { account: 'revenue', amount: total },
        { account: 'provider_cost:sandbox', amount: total },
        { account: 'provider_payable:sandbox', amount: -total },
      ]);
    });
  });

  it('leaves the wallet by exactly what the answers said', async () => {
    const { apiKey, organizationId } = await createTenant(gateway.database, { credit: '5' });
    const prompts = ['[[tokens=1]]', '[[tokens=33 cached=1]] Hm', '[[tokens=250 reasoning=9]] Oh'];
    const calls = [
      ...(await Promise.all(prompts.map((text) => call(text, {}, apiKey)))),
      await call('[[tokens=77]]', { stream: true, model: 'sandbox-large' }, apiKey),
    ];
    await Promise.all(calls.map(({ id }) => posted(id)));
    const spent = calls.reduce((sum, { total }) => sum + total, 0n);
    expect(await balanceOf(organizationId)).toBe(parseUsd('5') - spent);
    expect(await auditOf(gateway.database)).toEqual(soundBooks);
  });

  it('is not taken for what failed, and the row says what the client saw', async () => {
    const { status, headers } = await postChat(gateway, chatBody('[[error=500]]'), {
      'x-request-id': 'failing-one',
    });
    expect([status, headers.get('x-request-id')]).toEqual([502, 'failing-one']);
    const { rows } = await eventually(
      () =>
        gateway.database.query<{ call_id: string }>(
          `SELECT call_id FROM request_log WHERE client_request_id = 'failing-one'`,
        ),
      ({ rowCount }) => rowCount === 1,
    );
    const id = rows[0]?.call_id ?? '';
    expect(await booksOf(gateway.database, id)).toMatchObject({ postings: [], requests: 1 });
    expect(await requestRow(gateway, id)).toMatchObject({
      outcome: 'failed',
      status: 502,
      error_code: 'upstream_error',
      cost_usd: '0',
    });
  });

  describe('that runs out', () => {
    it('refuses with 402 before anything goes upstream', async () => {
      const tenant = await createTenant(gateway.database, { credit: '0.0001' });
      const caller = { url: gateway.url, apiKey: tenant.apiKey };
      const answer = await postChat(caller, chatBody('[[id=poor]]', { max_tokens: 100_000 }));
      expect(answer.status).toBe(402);
      expect(answer.headers.get('x-should-retry')).toBe('false');
      expect(JSON.parse(answer.text).error).toMatchObject({
        type: 'billing_error',
        code: 'insufficient_credits',
        message: expect.stringContaining('0.0001 USD'),
      });
      expect(gateway.sandbox.tally().filter(({ id }) => id === 'poor')).toEqual([]);
    });

    it('is never overspent by calls at the same time', async () => {
      const { apiKey, organizationId } = await createTenant(gateway.database, { credit: '0.01' });
      const caller = { url: gateway.url, apiKey };
      const body = chatBody('[[id=crowd tokens=100 rate=500]]', { max_tokens: 100 });
      const answers = await Promise.all(Array.from({ length: 40 }, () => postChat(caller, body)));
      const served = answers.filter(({ status }) => status === 200);
      expect(served.length).toBeGreaterThan(0);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 402]));
      expect(gateway.sandbox.tally().filter(({ id }) => id === 'crowd')).toHaveLength(
        served.length,
      );
      await Promise.all(served.map(({ text }) => posted(JSON.parse(text).id)));
      const spent = served.reduce(
        (sum, { text }) => sum + (costsIn(text).get('cost_usd_total') ?? 0n),
        0n,
      );
      expect(await balanceOf(organizationId)).toBe(parseUsd('0.01') - spent);
      expect(spent).toBeLessThanOrEqual(parseUsd('0.01'));
    });
  });

  describe('outlives kill -9', () => {
    it('of main in mid-stream: the worker closes the call as an estimate, once', async () => {
      const response = await fetchChat(
        gateway,
        chatBody('[[id=killed tokens=5000 rate=100]]', { stream: true }),
      );
      const callId = response.headers.get('x-osm-request-id') ?? '';
      await readPieces(response, 150);
      await gateway.main.program.kill();
      const { events, postings, requests } = await posted(callId);
      expect(requests).toBe(1);
      expect(events).toMatchObject([{ revision: 1, rank: 'estimate' }]);
      expect(events[0]?.amount).toBeGreaterThan(0n);
      expect(postings).toHaveLength(4);
      await gateway.startMain();
      const row = await requestRow(gateway, callId);
      expect(row).toMatchObject({ outcome: 'interrupted', cost_basis: 'estimated' });
      const { completionTokens } = await gateway.sandbox.waitFor(
        ({ id, aborted }) => id === 'killed' && aborted,
      );
      expect(row.completion_tokens).toBeGreaterThan(0);
      expect(row.completion_tokens).toBeLessThanOrEqual(completionTokens * 2);
    });

    it.each([
      ['in one piece', {}],
      ['as a stream', { stream: true }],
    ])('of main right after the end of an answer %s', async (_name, fields) => {
      const { id, total } = await call('[[tokens=40]] The end', fields);
      await gateway.main.program.kill();
      expect((await posted(id)).events).toMatchObject([{ rank: 'final', amount: total }]);
      await gateway.startMain();
    });

    it('of the worker: what came meanwhile is posted when it is back', async () => {
      await gateway.worker.kill();
      const calls = await Promise.all([
        call('[[tokens=5]]'),
        call('[[tokens=6]]', { stream: true }),
      ]);
      for (const { id } of calls)
        expect(await booksOf(gateway.database, id)).toMatchObject({ events: [], requests: 0 });
      await gateway.startWorker();
      for (const { id, total } of calls)
        expect((await posted(id)).events).toMatchObject([{ rank: 'final', amount: total }]);
    });

    it('of the worker in the midst of posting: everything is posted exactly once', async () => {
      const running = Array.from({ length: 60 }, () => call('[[tokens=3 rate=30]]'));
      const all = Promise.all(running);
      await posted((await Promise.race(running)).id);
      await gateway.worker.kill();
      const calls = await all;
      await gateway.startWorker();
      const books = await Promise.all(calls.map(({ id }) => posted(id)));
      expect(books.map(({ events }) => events.map(({ amount }) => amount))).toEqual(
        calls.map(({ total }) => [total]),
      );
      expect(books.map(({ postings }) => postings.length)).toEqual(calls.map(() => 4));
    });

    it('with books that are sound', async () => {
      expect(await auditOf(gateway.database)).toEqual(soundBooks);
      const twice = await gateway.database.query(
        'SELECT call_id FROM usage_event GROUP BY call_id HAVING count(*) > 1',
      );
      expect(twice.rows).toEqual([]);
    });
  });
});

/** Reads a body until this many pieces of content have come, and leaves it open. */
async function readPieces(response: Response, count: number): Promise<void> {
  const reader = response.body?.getReader();
  let text = '';
  while (text.split('"content":').length <= count) {
    const read = await reader?.read();
    if (!read || read.done) throw new Error(`the stream ended after ${text.length} characters`);
    text += Buffer.from(read.value).toString('latin1');
  }
}
