import { setTimeout as sleep } from 'node:timers/promises';

const interval = 50;
const requestTimeout = 2_000;
const reminderInterval = 10_000;

/**
 * Resolves when the gateway answers 200 to `GET /health/ready`; meanwhile says what it waits for.
 *
 * @param {string} url base URL of the gateway
 * @param {{signal: AbortSignal, log: (line: string) => void}} options
 */
export async function untilReady(url, { signal, log }) {
  let reminded = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask(url, signal);
    if (answer === 200) return;
    if (performance.now() - reminded > reminderInterval) {
      log(`waiting for ${url}/health/ready, which answers: ${answer}`);
      reminded = performance.now();
    }
    await sleep(interval);
  }
}

async function ask(url, signal) {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(requestTimeout)]);
    const response = await fetch(`${url}/health/ready`, { signal: limit });
    const body = await response.text();
    return response.status === 200 ? 200 : `${response.status} ${body.slice(0, 300)}`;
  } catch (error) {
    return error.cause?.message ?? error.message;
  }
}
