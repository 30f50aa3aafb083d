/**
 * The load generator, a process of its own. Its parent sends orders, one at a time:
 * `run` measures a closed loop, `flood` an open one, `mixture` several at once, of which one may be with the many keys of
 * `learn`; `hold` opens streams and keeps them, `release` leaves them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Flood } from './flood.mjs';
import { LeanClient } from './lean-client.mjs';
import { percentile } from './figures.mjs';
import { learn, mixture, watchOf } from './mixture.mjs';
import { coreShares, coreTimes, cpuOf } from './process-usage.mjs';

const RAMP_SIZE = 50;
const RAMP_PAUSE_MS = 20;
const FINISH_LIMIT_MS = 15_000;
let held = [];

const work = { run, flood, learn, mixture, hold, release };

process.on('message', ({ kind, ...order }) => {
  work[kind](order).then(
    (result) => process.send({ result }),
    (error) => process.send({ failed: error.message }),
  );
});
process.channel.ref(); // Waiting for orders is all there is to do.
process.send({ ready: true });

/**
 * @param {object} order
 * @param {number} order.subject pid of the process whose CPU is measured
 * @param {number} order.spreadMs the clients begin over this time, so that streams are not in step
 */
async function run({ url, request, subject, concurrency, spreadMs, warmMs, measureMs }) {
  const clients = new Crowd({ url, request });
  clients.add(concurrency);
  const begun = clients.begin(spreadMs);
  await clients.unlessFailed(sleep(warmMs));
  const cores = coreTimes();
  const cpu = cpuOf(subject);
  const begin = performance.now();
  clients.record();
  await clients.unlessFailed(sleep(measureMs));
  const samples = clients.recorded();
  const seconds = (performance.now() - begin) / 1000;
  const cpuMs = cpuOf(subject) - cpu;
  const busy = coreShares(cores, coreTimes());
  await begun;
  await clients.finish();
  return { seconds, cpuMs, cores: busy, allCalls: clients.answers, ...summary(samples) };
}

/** @param {object} order as of `run`, with the rate at which requests begin and the most connections there may be */
async function flood({ subject, rate, warmMs, measureMs, ...target }) {
  const watch = watchOf(subject);
  const result = await new Flood(target).run({ rate, warmMs, measureMs }, watch);
  return { ...result, ...watch.used };
}

async function hold({ url, request, count }) {
  const clients = new Crowd({ url, request });
  held = clients;
  let begun = 0;
  await clients.unlessFailed(
    new Promise((resolve) => {
      clients.add(count, () => (begun += 1) === count && resolve());
      clients.begin(RAMP_PAUSE_MS * (count / RAMP_SIZE)).catch(() => {});
    }),
  );
  return { open: begun };
}

async function release() {
  held.leave();
  return {};
}

function summary({ latencies, firsts }) {
  const sorted = Float64Array.from(latencies).sort();
  const first = Float64Array.from(firsts).sort();
  return {
    calls: sorted.length,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    firstP50: percentile(first, 0.5),
    firstP99: percentile(first, 0.99),
  };
}

/** Clients that do the same at the same time. */
class Crowd {
  answers = 0;
  #target;
  #clients = [];
  #samples;
  #failure;
  #fail;

  constructor({ url, request }) {
    const { hostname: host, port } = new URL(url);
    this.#target = { host, port: Number(port), request: Buffer.from(request) };
    this.#failure = new Promise((_, reject) => (this.#fail = reject));
    this.#failure.catch(() => {}); // Looked at by whoever waits for something.
  }

  add(count, onFirst) {
    const onAnswer = (milliseconds, toFirst) => {
      this.answers += 1;
      this.#samples?.latencies.push(milliseconds);
      this.#samples?.firsts.push(toFirst);
    };
    const onFailure = (reason) => this.#fail(new Error(reason));
    for (let index = 0; index < count; index += 1)
      this.#clients.push(new LeanClient({ ...this.#target, onFirst, onAnswer, onFailure }));
  }

  /** Starts them one by one over a time, in milliseconds. */
  async begin(spreadMs) {
    const start = performance.now();
    for (const [index, client] of this.#clients.entries()) {
      const due = start + (spreadMs * index) / this.#clients.length;
      if (due > performance.now() + 1) await sleep(due - performance.now());
      client.start();
    }
  }

  record() {
    this.#samples = { latencies: [], firsts: [] };
  }

  recorded() {
    const samples = this.#samples;
    this.#samples = undefined;
    return samples;
  }

  async finish() {
    for (const client of this.#clients) client.finish();
    const ended = Promise.all(this.#clients.map((client) => client.ended));
    const late = sleep(FINISH_LIMIT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`some answers were not complete ${FINISH_LIMIT_MS} ms after the end`);
    });
    late.catch(() => {});
    await this.unlessFailed(Promise.race([ended, late]));
  }

  leave() {
    for (const client of this.#clients) client.leave();
  }

  /** The promise, unless a client failed first; then all of them are closed. */
  async unlessFailed(promise) {
    try {
      return await Promise.race([promise, this.#failure]);
    } catch (error) {
      this.leave();
      throw error;
    }
  }
}
