import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestRowBySource } from '../support/admin-client.js';
import {
  chatBody,
  expectErrorBody,
  fetchChat,
  postChat,
  readStream,
} from '../support/chat-client.js';
import { eventually } from '../support/eventually.js';
import { prepareGateway, type TestGateway } from '../support/gateway.js';

/** The kernel also sends a signal, of which a disk that is read-only knows nothing. */
const PRELUDE = `process.on('SIGXFSZ', () => undefined);`;
const DEAF = `--import=data:text/javascript;base64,${Buffer.from(PRELUDE).toString('base64')}`;
const canLimit = process.platform === 'linux' && !spawnSync('prlimit', ['--version']).error;

/** Root may write to a folder that is read-only, so the kernel is told to let the process write to no file. */
(canLimit ? describe : describe.skip)('a journal that cannot be written', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await prepareGateway();
    await Promise.all([gateway.startWorker(), gateway.startMain({ NODE_OPTIONS: DEAF })]);
  });
  afterAll(() => gateway.stop());

  const limit = (bytes: string): void => {
    const { status, stderr } = spawnSync('prlimit', [
      `--pid=${gateway.main.program.pid}`,
      `--fsize=${bytes}:unlimited`,
    ]);
    expect([status, String(stderr)]).toEqual([0, '']);
  };
  const ready = async (): Promise<number> => (await fetch(`${gateway.url}/health/ready`)).status;
  const asked = (id: string): number =>
    gateway.sandbox.tally().filter((entry) => entry.id === id).length;

  it('loses no running stream, refuses calls before they cost, and is overcome', async () => {
    const body = chatBody('[[id=running tokens=200 rate=200]]', { stream: true });
    const running = await fetchChat(gateway, body, { 'x-source': 'running' });
    await gateway.sandbox.waitFor(({ id }) => id === 'running');
    limit('0');
    for (const stream of [false, true]) {
      const refused = await postChat(gateway, chatBody('[[id=refused]]', { stream }));
      expect([refused.status, expectErrorBody(refused.text)]).toMatchObject([
        503,
        { type: 'server_error', code: 'ledger_unavailable' },
      ]);
    }
    expect(asked('refused')).toBe(0);
    await eventually(ready, (status) => status === 503);
    const { done, frames } = readStream(await running.text());
    expect(done).toBe(true);
    // Its end went to Postgres by itself.
    expect(await requestRowBySource(gateway, 'running')).toMatchObject({
      outcome: 'completed',
      completion_tokens: JSON.parse(frames.at(-1) ?? '').usage.completion_tokens,
      cost_basis: 'final',
    });
    limit('unlimited');
    await eventually(ready, (status) => status === 200);
    const again = await postChat(gateway, chatBody('[[id=again]]'), { 'x-source': 'again' });
    expect([again.status, asked('again')]).toEqual([200, 1]);
    expect(await requestRowBySource(gateway, 'again')).toMatchObject({ outcome: 'completed' });
    expect(await gateway.main.program.stop()).toBe(0);
  });
});
