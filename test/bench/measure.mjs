import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, requestText } from './plan.mjs';
import { cpuOf, cpuOfFamily } from './process-usage.mjs';

const QUIET_CHECK_MS = 150;
const QUIET_CPU_MS = 10;
const QUIET_LIMIT_MS = 20_000;
const MARGIN_MS = 30_000;

/** Measures one cell at a URL that answers as the gateway does. */
export async function measureAt(stage, load, { url, pid }, cell) {
  const { concurrency, spreadMs, warmMs, measureMs } = cell;
  const order = {
    url,
    request: requestText(bodyOf(cell), stage.apiKey),
    subject: pid,
    ...{ concurrency, spreadMs, warmMs, measureMs },
  };
  const result = await load.order('run', order, warmMs + measureMs + MARGIN_MS);
  return { ...result, others: othersShare(stage.cores?.subject, result) };
}

/** How much of the time the core of the subjects was taken by someone else. */
export function othersShare(core, { cores, cpuMs, seconds }) {
  if (core === undefined) return undefined;
  return cores[core].busy + cores[core].stolen - cpuMs / 1000 / seconds;
}

/** The upstream with a core to itself; the load generator is on the core of the subjects. */
export function measureUpstream(stage, cell) {
  const { upstream, upstreamUrl: url, loadElsewhere } = stage;
  return measureAt(stage, loadElsewhere, { url, pid: upstream.pid }, cell);
}

export function measureBare(stage, cell) {
  return measureAt(stage, stage.load, stage.bare, cell);
}

/** Also tells what worker and Postgres used, until all of it was posted. */
export async function measureGateway(stage, cell) {
  const { worker, postgres, gateway, load } = stage;
  const before = { worker: cpuOf(worker.pid), postgres: cpuOfFamily(postgres.pid) };
  const result = await measureAt(stage, load, gateway, cell);
  await untilQuiet(stage);
  return {
    ...result,
    workerCpuMs: cpuOf(worker.pid) - before.worker,
    postgresCpuMs: cpuOfFamily(postgres.pid) - before.postgres,
  };
}

/**
 * Waits until worker and Postgres have hardly anything left to do: what they post would disturb the next
 * measurement.
 */
export async function untilQuiet({ worker, postgres }) {
  const used = () => cpuOf(worker.pid) + cpuOfFamily(postgres.pid);
  const deadline = performance.now() + QUIET_LIMIT_MS;
  for (let quiet = 0; quiet < 2 && performance.now() < deadline;) {
    const before = used();
    await sleep(QUIET_CHECK_MS);
    quiet = used() - before <= QUIET_CPU_MS ? quiet + 1 : 0;
  }
}
