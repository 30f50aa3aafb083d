import { Flood } from './flood.mjs';
import { coreShares, coreTimes, cpuOf } from './process-usage.mjs';
import { SeldomRequests } from './seldom-requests.mjs';

let seldom;

/** Remembers with which keys `mixture` asks where it is told to ask with many. An order of the load generator. */
export async function learn({ body, keys, seed }) {
  seldom = new SeldomRequests(body, keys, seed);
  return { keys: keys.length };
}

/**
 * Several floods on one server at the same time. An order of the load generator.
 *
 * @param {object} order
 * @param {number} order.subject pid of the process whose CPU is measured
 * @param {{name: string, rate: number, connections: number, request?: string}[]} order.parts without a request: one of
 *   the keys that were learnt with each call
 */
export async function mixture({ url, subject, parts, warmMs, measureMs }) {
  const watch = watchOf(subject);
  const results = await Promise.all(
    parts.map(({ name, rate, connections, request = () => seldom.next() }, at) =>
      new Flood({ url, connections, request })
        .run({ rate, warmMs, measureMs }, at === 0 ? watch : NOBODY)
        .then((result) => [name, result]),
    ),
  );
  return { ...watch.used, parts: Object.fromEntries(results) };
}

const NOBODY = { begin: () => {}, end: () => {} };

/** What a flood is told to watch: CPU of the subject and of this process, in ms, and the shares of the cores. */
export function watchOf(subject) {
  const now = () => ({ cpuMs: cpuOf(subject), loadCpuMs: cpuOf(process.pid), cores: coreTimes() });
  let before;
  const watch = {
    used: undefined,
    begin: () => (before = now()),
    end: () => {
      const after = now();
      watch.used = {
        cpuMs: after.cpuMs - before.cpuMs,
        loadCpuMs: after.loadCpuMs - before.loadCpuMs,
        cores: coreShares(before.cores, after.cores),
      };
    },
  };
  return watch;
}
