import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chatBody,
  expectErrorBody,
  fetchChat,
  postChat,
  readStream,
  type Caller,
} from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { prepareGateway, type RunningMain, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
const prepare = (lane: string) => async () => {
  gateway = await prepareGateway({ environment: { HOT_LANE: lane } });
};
const callerOf = ({ url }: RunningMain): Caller => ({ url, apiKey: gateway.apiKey });
async function readyStatus({ url }: RunningMain): Promise<number> {
  return (await fetch(`${url}/health/ready`)).status;
}
/** A connection on which the process has seen these bytes, for it takes what comes in its order. */
async function open({ url }: RunningMain, bytes = ''): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  if (bytes !== '') socket.write(bytes);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  return socket;
}
const isUnready = (status: number): boolean => status === 503;

describe('a gateway that is told to stop', () => {
  beforeAll(prepare('on'));
  afterAll(() => gateway.stop());

  it('is not ready at once, takes calls for a while, then lets go of connections', async () => {
    const main = await gateway.startMain({ SHUTDOWN_GRACE_MS: '4000', DRAIN_TIMEOUT_MS: '30000' });
    const caller = callerOf(main);
    const body = chatBody('[[tokens=320 rate=40]]', { stream: true });
    const last = fetchChat(caller, body);
    await gateway.sandbox.waitFor(({ stream }) => stream);
    main.program.signal('SIGTERM');
    await eventually(() => readyStatus(main), isUnready);
    const inGrace = await postChat(caller, chatBody('Hi'));
    expect([inGrace.status, inGrace.headers.get('connection')]).toEqual([200, 'keep-alive']);
    const later = await eventually(
      () => postChat(caller, chatBody('Hi')),
      ({ headers }) => headers.get('connection') !== 'keep-alive',
    );
    expect([later.status, later.headers.get('connection')]).toEqual([200, 'close']);
    expect((await fetch(`${main.url}/health/live`)).headers.get('connection')).toBe('close');
    expect(readStream(await (await last).text()).done).toBe(true);
    expect(await main.program.ended).toBe(0);
  });

  it('waits for balancers also where no call runs', async () => {
    const main = await gateway.startMain({ SHUTDOWN_GRACE_MS: '5000' });
    main.program.signal('SIGTERM');
    await eventually(() => readyStatus(main), isUnready);
    expect((await postChat(callerOf(main), chatBody('Hi'))).status).toBe(200);
    expect(await main.program.ended).toBe(0);
  });

  it('does not wait for a connection on which nothing was asked', async () => {
    const main = await gateway.startMain();
    const silent = await open(main);
    const closed = once(silent, 'close');
    main.program.signal('SIGTERM');
    await closed;
    expect(await main.program.ended).toBe(0);
  });

  it('waits for the rest of a request, but not for the rest of a head', async () => {
    const main = await gateway.startMain();
    const body = '{"name":"Late"}';
    const headers = `Host: x\r\nAuthorization: Bearer ${gateway.adminToken}\r\nContent-Type: application/json\r\n`;
    const whole = `POST /admin/v1/organizations HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n`;
    const [half, asking] = [
      await open(main, whole.slice(0, -2)),
      await open(main, `${whole}${body.slice(0, 5)}`),
    ];
    const closed = once(half.resume(), 'close');
    main.program.signal('SIGTERM');
    await closed;
    asking.write(body.slice(5));
    expect(await text(asking)).toMatch(/^HTTP\/1\.1 201 [\s\S]*"name":"Late"/);
    expect(await main.program.ended).toBe(0);
  });
});

describe.each(['on', 'off'])('a gateway that is told to stop, HOT_LANE=%s', (lane) => {
  beforeAll(prepare(lane));
  afterAll(() => gateway.stop());

  it('does not wait longer than it may for the rest of a request', async () => {
    const main = await gateway.startMain({ DRAIN_TIMEOUT_MS: '100' });
    const headers = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 9';
    const authorization = `Authorization: Bearer ${gateway.apiKey}`;
    const head = `POST /v1/chat/completions HTTP/1.1\r\n${headers}\r\n${authorization}\r\n\r\n`;
    (await open(main, `${head}{`)).on('error', () => undefined);
    main.program.signal('SIGTERM');
    expect(await main.program.ended).toBe(0);
  });

  it('breaks off a call too that began while it stopped', async () => {
    const main = await gateway.startMain({ DRAIN_TIMEOUT_MS: '120000' });
    const body = JSON.stringify(chatBody('[[tokens=5000 rate=20]]', { stream: true }));
    const headers = `Host: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
    const authorization = `Authorization: Bearer ${gateway.apiKey}`;
    const head = `POST /v1/chat/completions HTTP/1.1\r\n${headers}\r\n${authorization}\r\n\r\n`;
    const asking = await open(main, `${head}${body.slice(0, -1)}`);
    const silent = await open(main);
    const closing = once(silent, 'close');
    main.program.signal('SIGTERM');
    // Now nothing runs, and the server is being closed.
    await closing;
    asking.write(body.slice(-1));
    const answer = text(asking);
    await once(asking, 'readable');
    main.program.signal('SIGTERM');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"code":"overloaded"/);
    expect(await answer).not.toContain('[DONE]');
    expect(await main.program.ended).toBe(0);
  });

  it('breaks off what runs when it is told so twice, and ends in order', async () => {
    const main = await gateway.startMain({
      SHUTDOWN_GRACE_MS: '60000',
      DRAIN_TIMEOUT_MS: '120000',
    });
    const body = chatBody('[[tokens=5000 rate=20]]', { stream: true });
    const response = await fetchChat(callerOf(main), body);
    main.program.signal('SIGTERM');
    await eventually(() => readyStatus(main), isUnready);
    main.program.signal('SIGTERM');
    const { done, frames } = readStream(await response.text());
    expect([done, expectErrorBody(frames.at(-1) ?? '').code]).toEqual([false, 'overloaded']);
    expect(await main.program.ended).toBe(0);
  });
});
