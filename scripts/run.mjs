/**
 * Starts the gateway's processes, watches them, starts them again, and ends them in their order.
 */
import { Advice } from './project.mjs';
import { startChild } from './supervisor/child.mjs';
import { gatewayEnvironment, gatewayOptions } from './supervisor/gateway-options.mjs';
import { KeptPart } from './supervisor/kept-part.mjs';
import { untilReady } from './supervisor/readiness.mjs';
import { RestartPolicy } from './supervisor/restart-policy.mjs';

/** By when each part must have ended, as a share of the time there is. In the order of ending. */
const shares = { main: 0.7, worker: 0.85, sandbox: 0.88, Postgres: 0.97 };

/** Milliseconds that `main` gives its streams, so that it is done before its share is used up. */
const drainTimeout = '6000';

/**
 * Runs the gateway until `signal` aborts, then ends it: first `main`, which drains its streams, then
 * `worker`, which posts what they left in the journal, then what both stand on.
 *
 * @param {object} options
 * @param {object} options.env environment of all programs
 * @param {KeptPart} [options.postgres] the embedded Postgres, running
 * @param {AbortSignal} options.signal
 * @param {import('./supervisor/stop-clock.mjs').StopClock} options.clock
 * @param {(line: string) => void} options.log
 * @param {(url: string) => void} options.onReady called when the gateway first answers
 * @throws {Advice} when it cannot be kept running
 */
export async function supervise({ env, postgres, signal, clock, log, onReady }) {
  const parts = postgres ? [postgres] : [];
  const keep = (part) => parts.unshift(part) && part;
  try {
    const failure = new Promise((_, reject) => {
      const giveUp = (reason) => reject(new Advice(`${reason}. Its messages are above.`));
      launch({ env, keep, signal, log, giveUp, onReady }).catch(reject);
    });
    await Promise.race([failure, aborted(signal)]);
  } finally {
    if (!signal.aborted) clock.start();
    for (const part of inOrder(parts)) await part.stop(clock, shares[part.name]);
  }
}

async function launch({ env, keep, signal, log, giveUp, onReady }) {
  const shared = { DRAIN_TIMEOUT_MS: drainTimeout, SHUTDOWN_GRACE_MS: '0', ...env };
  if (await wantsSandbox(env)) shared.SANDBOX_BASE_URL = await launchSandbox({ env, keep, log });
  signal.throwIfAborted();
  await seed(shared, signal);
  const worker = () => startChild('dist/worker.js', { env: shared });
  keep(new KeptPart({ name: 'worker', start: worker, log })).begin();
  const policy = new RestartPolicy({ limit: 5 });
  const main = keep(new KeptPart({ name: 'main', start: startMain, log, giveUp, policy }));
  let announced = false;
  main.begin();

  function startMain() {
    const env = { ...gatewayEnvironment, ...shared };
    const child = startChild('dist/main.js', { env, nodeOptions: gatewayOptions });
    child.ready.then(announce).catch(() => {}); // It ended, or all is being stopped: seen elsewhere.
    return child;
  }

  async function announce(url) {
    shared.PORT = new URL(url).port || shared.PORT; // After a restart clients find it where it was.
    await untilReady(url, { signal, log });
    if (!announced) onReady(url);
    announced = true;
  }
}

async function launchSandbox({ env, keep, log }) {
  let port = env.SANDBOX_PORT ?? '0';
  const start = () =>
    startChild('dist/sandbox/main.js', { env: { ...env, SANDBOX_PORT: port }, announces: 'line' });
  const url = await keep(new KeptPart({ name: 'sandbox', start, log })).begin().ready;
  port = new URL(url).port;
  return `${url}/v1`;
}

/** Fills the catalogue and, the first time, creates an organization; prints its key. */
async function seed(env, signal) {
  const child = startChild('dist/seed.js', { env });
  const abort = () => child.kill();
  signal.addEventListener('abort', abort, { once: true });
  const { code, reason } = await child.ended;
  signal.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (code !== 0) throw new Advice(`Filling the database ${reason}; the reason is above.`);
}

/** The built-in upstream, for trying things out: never in production, nor beside real providers. */
/** It stands in where no provider has a key; beside real ones it would be taken for one of them. */
async function wantsSandbox(env) {
  if (env.NODE_ENV === 'production' || env.SANDBOX === 'off') return false;
  if (env.SANDBOX === 'on') return true;
  const { PROVIDERS } = await import('../dist/providers/definitions/registry.js');
  return PROVIDERS.every(({ environment }) => environment.every((name) => !env[name]));
}

function inOrder(parts) {
  const order = Object.keys(shares);
  return parts.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', resolve, { once: true });
  });
}
