import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';
import { auditOf, booksOf, soundBooks } from '../support/books.js';
import { chatBody, fetchChat, postChat, rawAnswer } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);
afterAll(() => gateway.stop());

/** Reads a stream until the call's id and some content are there, and leaves; gives the id. */
async function leave(prompt: string): Promise<string> {
  const leaving = new AbortController();
  const body = chatBody(prompt, { stream: true, stream_options: { include_usage: true } });
  const response = await fetchChat(gateway, body, {}, leaving.signal);
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    if ((text.match(/"content":"/g)?.length ?? 0) >= 5) break;
  }
  leaving.abort();
  expect(text).not.toContain('[DONE]');
  return /"(tx_osm_\w+)"/.exec(text)?.[1] ?? '';
}

const booked = (call: string) =>
  eventually(
    () => booksOf(gateway.database, call),
    ({ requests }) => requests === 1,
  );

const sumOf = (amounts: readonly PicoUsd[]): PicoUsd => amounts.reduce((sum, one) => sum + one, 0n);

/** The ways in which others lost money in whole processes; each was somebody's incident. */
describe('what went wrong elsewhere', () => {
  it('LiteLLM #14457, GHSA-724j-f2pf-phf7: who leaves before the usage comes pays nothing', async () => {
    const call = await leave('[[tokens=5000 rate=50]]');
    const { events, postings } = await booked(call);
    expect(events[0]).toMatchObject({ rank: 'estimate' });
    const paid = postings.filter(({ account }) => account === 'revenue');
    expect(sumOf(paid.map(({ amount }) => amount))).toBeGreaterThan(0n);
    expect(await auditOf(gateway.database)).toEqual(soundBooks);
  }, 30_000);

  it('LiteLLM #38157: what was spent last is lost when the processes are told to end', async () => {
    // Nobody posts while the calls are made, and then both are told to end at once.
    await gateway.worker.stop();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => postChat(gateway, chatBody('Hello'))),
    );
    // One runs on while the process ends.
    const running = await fetchChat(gateway, chatBody('[[tokens=20 rate=40]]', { stream: true }));
    const [end, last] = await Promise.all([gateway.main.program.stop(), rawAnswer(running)]);
    expect(end).toBe(0);
    answers.push(last);
    await gateway.startWorker();
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      const [call = ''] = /tx_osm_\w+/.exec(text) ?? [];
      const [, cost = ''] = /"cost_usd_total":([\d.]+)/.exec(text) ?? [];
      const { events } = await booked(call);
      expect(events.map(({ amount }) => amount)).toEqual([parseUsd(cost)]);
    }
    expect(await auditOf(gateway.database)).toEqual(soundBooks);
  }, 60_000);
});
