import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatBody, expectErrorBody, fetchChat, postChat } from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';
import { sendRaw } from '../support/raw-http.js';

/** More than a gateway in trouble takes. */
const load = 40;
const short = chatBody('Hi', { max_tokens: 5 });

/** A gateway for which any delay of its event loop is too long: in trouble as soon as it has something to do. */
describe.each(['on', 'off'])('an overloaded gateway (hot lane %s)', (HOT_LANE) => {
  let gateway: TestGateway;
  const streams = new AbortController();
  const running: Promise<unknown>[] = [];

  beforeAll(async () => {
    gateway = await prepareGateway();
    await gateway.startMain({ MAX_EVENT_LOOP_DELAY_MS: '0', HOT_LANE });
    const body = chatBody('[[stall=0]]', { stream: true, max_tokens: 5 });
    for (let at = 0; at < load; at++)
      running.push(fetchChat(gateway, body, {}, streams.signal).catch(() => undefined));
    await eventually(
      () => postChat(gateway, short),
      ({ status }) => status === 503,
    );
  });
  afterAll(async () => {
    streams.abort();
    await Promise.all(running);
    await gateway.stop();
  });

  const authorization = (): Record<string, string> => ({
    authorization: `Bearer ${gateway.apiKey}`,
  });
  const metrics = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();
  const shed = async (): Promise<number> =>
    Number(/^osm_calls_shed_total (\d+)/m.exec(await metrics())?.[1]);

  it('turns calls away with 503, and says when to come again', async () => {
    const before = await shed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => postChat(gateway, short)));
    for (const { status, headers, text } of answers) {
      expect([status, expectErrorBody(text)]).toMatchObject([
        503,
        { type: 'server_error', code: 'overloaded', param: null },
      ]);
      expect(headers.get('retry-after')).toMatch(/^[123]$/);
      expect(headers.get('x-request-id')).toMatch(/^req_/);
    }
    const waits = new Set(answers.map(({ headers }) => headers.get('retry-after')));
    expect(waits.size).toBeGreaterThan(1);
    expect(await shed()).toBe(before + 20);
  });

  it('keeps the connection of a call that is there as a whole', async () => {
    const { headers } = await postChat(gateway, short);
    expect(headers.get('connection')).toBe('keep-alive');
  });

  it('does not wait long for the rest of a small one, and closes its connection', async () => {
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100';
    const { status, headers } = await sendRaw(gateway.url, [`${head}\r\n\r\n{`]);
    expect([status, headers.get('connection')]).toEqual([503, 'close']);
  });

  it('turns them away before they are read', async () => {
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      'host: x',
      'content-type: application/json',
      'content-length: 1000000',
    ].join('\r\n');
    const { status, body } = await sendRaw(gateway.url, [`${head}\r\n\r\n{`]);
    expect([status, expectErrorBody(body).code]).toEqual([503, 'overloaded']);
  });

  it('answers health, metrics and the admin API all the same', async () => {
    const admin = { headers: { authorization: `Bearer ${gateway.adminToken}` } };
    const statuses = await Promise.all([
      fetch(`${gateway.url}/health/live`),
      fetch(`${gateway.url}/admin/v1/me`, admin),
      fetch(`${gateway.url}/admin/v1/organizations`, admin),
      fetch(`${gateway.url}/v1/models`, { headers: authorization() }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 503]);
    expect(await metrics()).toMatch(/^osm_load_delay_seconds \d/m);
  });

  it('takes calls again when the load has gone', async () => {
    streams.abort();
    await Promise.all(running);
    const { status } = await eventually(
      () => postChat(gateway, short),
      (answer) => answer.status !== 503,
    );
    expect(status).toBe(200);
  });
});
