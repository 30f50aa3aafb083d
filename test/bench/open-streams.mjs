import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, memoryOf } from './process-usage.mjs';
import { bodyOf, requestText } from './plan.mjs';

const LIMIT_MS = 60_000;
const CHUNKS_PER_SECOND = 2;

/**
 * Memory of the HTTP process, in bytes, while many streams are open and a chunk comes on each twice a second:
 * before, during, and after all of them were left.
 */
export async function holdOpenStreams(
  { load, apiKey },
  { pid, url },
  { openStreams, holdSeconds },
) {
  const body = bodyOf({ mode: 'stream', chunksPerSecond: CHUNKS_PER_SECOND }, 'sandbox-small', 600);
  const before = memoryOf(pid).resident;
  await load.order(
    'hold',
    { url, request: requestText(body, apiKey), count: openStreams },
    LIMIT_MS,
  );
  const cpu = cpuOf(pid);
  const most = await mostResident(pid, holdSeconds * 1000);
  const cpuPerSecond = (cpuOf(pid) - cpu) / holdSeconds;
  await load.order('release', {}, LIMIT_MS);
  await sleep(holdSeconds * 500);
  const after = memoryOf(pid).resident;
  return { streams: openStreams, before, most, after, cpuPerSecond };
}

async function mostResident(pid, milliseconds) {
  const end = performance.now() + milliseconds;
  let most = 0;
  while (performance.now() < end) {
    most = Math.max(most, memoryOf(pid).resident);
    await sleep(100);
  }
  return most;
}
