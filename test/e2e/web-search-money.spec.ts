import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseUsd } from '../../src/core/money.js';
import { booksOf } from '../support/books.js';
import {
  chatBody,
  costsIn,
  expectCostsToAddUp,
  fetchChat,
  postChat,
  readStream,
} from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import type { TallyEntry } from '../../src/sandbox/server.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createTenant } from '../support/paying-tenant.js';
import { Program } from '../support/program.js';

const SEARCH = parseUsd('0.005');

describe('the money of web searches', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const posted = (callId: string) =>
    eventually(
      () => booksOf(gateway.database, callId),
      ({ requests }) => requests > 0,
    );

  const ours = [
    { account: 'provider_cost:sandbox-search', amount: SEARCH },
    { account: 'provider_payable:sandbox-search', amount: -SEARCH },
  ];

  /** The calls of a client request, as the request log has them. */
  async function callIdOf(requestId: string): Promise<string> {
    const { rows } = await eventually(
      () =>
        gateway.database.query<{ call_id: string }>(
          'SELECT call_id FROM request_log WHERE client_request_id = $1',
          [requestId],
        ),
      ({ rowCount }) => rowCount === 1,
    );
    return rows[0]?.call_id ?? '';
  }

  it.each([
    ['in one piece', {}],
    ['in a stream', { stream: true }],
  ])('reaches the ledger as a line of its own: %s', async (_way, fields) => {
    const { apiKey, organizationId } = await createTenant(gateway.database, { credit: '5' });
    const dearer = 'UPDATE organization SET plan_multiplier = 1.5 WHERE id = $1';
    await gateway.database.query(dearer, [organizationId]);
    const body = chatBody('Hello', { model: 'gpt-4o', web_search: true, ...fields });
    const answer = await postChat({ url: gateway.url, apiKey }, body);
    expect(answer.status).toBe(200);
    const last = 'stream' in fields ? (readStream(answer.text).frames.at(-1) ?? '') : answer.text;
    const total = expectCostsToAddUp(last);
    const charged = parseUsd('0.0075');
    expect(costsIn(last).get('cost_usd_web_search')).toBe(charged);
    const { id } = JSON.parse(last) as { id: string };
    const { events, postings } = await posted(id);
    expect(events[0]?.amount).toBe(total);
    expect(events[0]?.lines.at(-1)).toBe(charged);
    const list = ((total - charged) * 2n) / 3n;
    expect(postings.slice(0, 4).map(({ amount }) => amount)).toEqual([-total, total, list, -list]);
    expect(postings.slice(4)).toEqual(ours);
  });

  it('of a call that nobody answered is ours to pay', async () => {
    const body = chatBody('[[error=500]] Hello', { model: 'gpt-4o', web_search: true });
    const { status } = await postChat(gateway, body, { 'x-request-id': 'failed-after-search' });
    expect(status).toBe(502);
    const id = await callIdOf('failed-after-search');
    expect((await posted(id)).postings).toEqual(ours);
  });

  it.each([
    ['in one piece', {}],
    ['in a stream', { stream: true }],
  ])('is owed by nobody who leaves during the search: %s', async (_way, fields) => {
    const requestId = `left-during-search-${Object.keys(fields).length}`;
    const leaving = new AbortController();
    const body = chatBody(`[[search=stall]] [[id=${requestId}]] Hello`, {
      model: 'gpt-4o',
      web_search: true,
      ...fields,
    });
    const left = fetchChat(gateway, body, { 'x-request-id': requestId }, leaving.signal).catch(
      () => 'left',
    );
    const isSearch = ({ id, protocol }: TallyEntry): boolean =>
      id === requestId && protocol === 'search';
    await gateway.sandbox.waitFor(isSearch);
    leaving.abort();
    expect(await left).toBe('left');
    await gateway.sandbox.waitFor((entry) => isSearch(entry) && entry.aborted);
    const id = await callIdOf(requestId);
    const { postings, events } = await posted(id);
    expect([postings, events[0]?.amount]).toEqual([[], 0n]);
    const asked = gateway.sandbox.tally().filter((entry) => entry.id === requestId);
    expect(asked.map(({ protocol }) => protocol)).toEqual(['search']);
  });

  it('stands the audit', async () => {
    const program = new Program('dist/audit.js', gateway.environment);
    expect([await program.ended, program.output]).toEqual([
      0,
      expect.stringContaining('[audit] 0 rows'),
    ]);
  });
});
