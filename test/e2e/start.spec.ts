import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  allGone,
  descendantsOf,
  Script,
  temporaryDirectory,
} from '../integration/scripts/processes.js';

const startTime = 60_000;
const keyForm = /osm_[0-9A-Za-z]{46}/;

/** `npm start` on data of its own: one story, told in order. */
describe('npm start', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let running: { readonly gateway: Script; readonly url: Promise<string> } | undefined;
  let key: string;

  beforeAll(() => {
    directory = temporaryDirectory();
  });

  afterAll(async () => {
    await kill();
    directory.remove();
  });

  /** What runs, or else a new one; resolves when it serves. */
  async function start(): Promise<{ gateway: Script; url: string }> {
    running ??= begin();
    const { gateway, url } = running;
    return { gateway, url: await url };
  }

  function begin(): NonNullable<typeof running> {
    const gateway = new Script(['scripts/start.mjs'], {
      DATA_DIR: directory.path,
      PORT: '0',
      npm_lifecycle_event: 'start', // As below npm, it ends when whoever started it is gone.
    });
    return { gateway, url: gateway.printed(/ready: (http:\S+)/).then(([, url = '']) => url) };
  }

  /** Kills what runs; resolves when all that it had started is gone as well. */
  async function kill(): Promise<void> {
    if (!running) return;
    const { gateway } = running;
    running = undefined;
    const everything = [gateway.pid, ...descendantsOf(gateway.pid)];
    gateway.kill('SIGKILL');
    await allGone(everything);
  }

  it(
    'prints a key with which a call is answered with its cost',
    async () => {
      const { url, gateway } = await start();
      const [printed] = await gateway.printed(keyForm);
      key = printed;
      const response = await complete(url);
      expect(response.status).toBe(200);
      const { usage } = (await response.json()) as { usage: Record<string, number> };
      expect(usage['cost_usd_total']).toBeGreaterThan(0);
    },
    startTime,
  );

  it(
    'leaves nothing behind when it is killed itself',
    async () => {
      const { gateway } = await start();
      expect(descendantsOf(gateway.pid).length).toBeGreaterThanOrEqual(4);
      await kill();
    },
    startTime,
  );

  it(
    'keeps its data: the key of the first start still works, and is not printed again',
    async () => {
      const { url, gateway } = await start();
      expect(gateway.output).not.toMatch(keyForm);
      expect((await complete(url)).status).toBe(200);
    },
    startTime,
  );

  it(
    'refuses to run twice on the same data',
    async () => {
      await start();
      const second = new Script(['scripts/start.mjs'], { DATA_DIR: directory.path, PORT: '0' });
      expect(await second.ended).toBe(1);
      expect(second.output).toContain('already running');
    },
    startTime,
  );

  it(
    'brings main and worker back when they are killed',
    async () => {
      const { url, gateway } = await start();
      for (const name of ['main', 'worker']) {
        process.kill(pidOf(gateway, name), 'SIGKILL');
        await gateway.printed(new RegExp(`${name} ended by SIGKILL; starting it again`));
      }
      await answers(`${url}/health/ready`);
    },
    startTime,
  );

  it(
    'ends with everything it started on SIGTERM',
    async () => {
      const { gateway } = await start();
      const started = descendantsOf(gateway.pid);
      expect(started.length).toBeGreaterThanOrEqual(4);
      running = undefined;
      gateway.kill('SIGTERM');
      expect(await gateway.ended).toBe(0);
      await allGone(started);
    },
    startTime,
  );

  async function complete(url: string): Promise<Response> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const models = (await (await fetch(`${url}/v1/models`, { headers })).json()) as {
      data: { id: string }[];
    };
    const body = { model: models.data[0]?.id, messages: [{ role: 'user', content: 'Hello!' }] };
    return fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
  }
});

function pidOf(script: Script, name: string): number {
  const [, pid] = new RegExp(`${name} started \\(pid (\\d+)\\)`).exec(script.output) ?? [];
  if (!pid) throw new Error(`The output does not name ${name}:\n${script.output}`);
  return Number(pid);
}

/** Waits until a GET is answered with 200; the test's time limit bounds it. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(url).then(
      ({ status }) => status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
