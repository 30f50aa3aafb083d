import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdminApi, TestOrganization } from '../support/admin.js';
import { verdictOf } from '../support/admin-caller.js';
import { move, postCall, startMoneyApi } from '../support/money-api.js';

const DAY = 86_400_000;
const LONG_AGO = Date.UTC(2026, 0, 1);

let api: AdminApi;
let ours: TestOrganization;
/** In the order in which they are listed: newest first. */
let ids: string[];

/** Three calls, of which two began together, then a top-up, a promotion and a refund; and a call of others. */
beforeAll(async () => {
  api = await startMoneyApi();
  ours = await api.makeOrganization('ours');
  const others = await api.makeOrganization('others');
  await postCall(api.rows, others, '1', { startedAt: LONG_AGO });
  const first = await postCall(api.rows, ours, '1', { startedAt: LONG_AGO });
  const together = [
    await postCall(api.rows, ours, '2', { startedAt: LONG_AGO + DAY }),
    await postCall(api.rows, ours, '3', { startedAt: LONG_AGO + DAY }),
  ];
  const moved = [
    await move(api.operator, ours, 'top-ups', { amount: '5', external_id: 'pi_1' }),
    await move(api.operator, ours, 'promotions', { amount: '6' }),
    await move(api.operator, ours, 'refunds', { call_id: first, amount: '0.5', reason: 'late' }),
  ];
  const calls = [...together.toSorted().toReversed(), first];
  ids = [
    ...moved.map(({ body }) => String(body.id)).toReversed(),
    ...calls.map((call) => `lt_${call}_1`),
  ];
});
afterAll(() => api.close());

const list = async (query: string, client = ours.as('billing')) =>
  client.get(`${ours.path}/wallet/transactions?${query}`);

const idsOf = (body: { data: { id: string }[] }): string[] => body.data.map(({ id }) => id);

describe('the transactions of a wallet', () => {
  it('are listed newest first, with what they did', async () => {
    const { body } = await list('');
    expect(idsOf(body)).toEqual(ids);
    expect(body).toMatchObject({ object: 'list', has_more: false, next_cursor: null });
    expect(body.data.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...['refund', 'promotion', 'top_up'],
      ...['usage', 'usage', 'usage'],
    ]);
    expect(body.data.at(-1)).toMatchObject({
      amount: '-1',
      call_id: ids.at(-1)?.slice(3, -2),
      revision: 1,
      occurred_at: new Date(LONG_AGO).toISOString(),
      postings: [
        { account: `wallet:${ours.id}`, amount: '-1' },
        { account: 'revenue', amount: '1' },
      ],
    });
  });

  it('show what the platform pays to operators alone', async () => {
    const own = (await list('kind=usage&limit=1')).body.data[0];
    const whole = (await list('kind=usage&limit=1', api.operator)).body.data[0];
    const accounts = ({ postings }: { postings: { account: string }[] }) =>
      postings.map(({ account }) => account);
    expect(accounts(own)).toEqual([`wallet:${ours.id}`, 'revenue']);
    expect(accounts(whole)).toEqual([
      ...accounts(own),
      'provider_cost:openai',
      'provider_payable:openai',
    ]);
  });

  it.each([1, 2, 3])('come in pages of %d without a gap', async (limit) => {
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const { body } = await list(`limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(body.data.length).toBeLessThanOrEqual(limit);
      seen.push(...idsOf(body));
      cursor = body.next_cursor as string | null;
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it('are found by kind and time', async () => {
    expect(idsOf((await list('kind=top_up')).body)).toEqual(ids.slice(2, 3));
    expect(idsOf((await list('kind=usage')).body)).toEqual(ids.slice(3));
    const day = new Date(LONG_AGO + DAY).toISOString();
    expect(idsOf((await list(`until=${day}`)).body)).toEqual(ids.slice(5));
    expect(idsOf((await list(`since=${day}`)).body)).toEqual(ids.slice(0, 5));
    expect(idsOf((await list(`since=${day}&until=${day}`)).body)).toEqual([]);
  });

  it.each([
    ['kind=gift', 'kind'],
    ['since=yesterday', 'since'],
    ['since=2026-01-01T09:30:00', 'since'],
    ['until=2026-02-30', 'until'],
    ['limit=0', 'limit'],
    ['cursor=x', 'cursor'],
    [`cursor=${Buffer.from(JSON.stringify(['Jan 1 2026', 'x'])).toString('base64url')}`, 'cursor'],
    [
      `cursor=${Buffer.from(JSON.stringify(['2026-02-30T00:00:00.000000Z', 'x'])).toString('base64url')}`,
      'cursor',
    ],
    [
      `cursor=${Buffer.from(JSON.stringify(['0000-01-01T00:00:00.000000Z', 'x'])).toString('base64url')}`,
      'cursor',
    ],
    ['since=0000-01-01T00:00:00Z', 'since'],
    ['currency=EUR', 'currency'],
  ])('are not asked for by %s', async (query, param) => {
    const answer = await list(query);
    expect([verdictOf(answer), answer.body.error?.param]).toEqual(['400 invalid_parameter', param]);
  });
});
