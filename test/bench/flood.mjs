import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerReader } from './answer-reader.mjs';
import { percentile } from './figures.mjs';

const TICK_MS = 1;
/** Fewer at once than a server has room for before it accepts them; the kernel makes the others wait for seconds. */
const CONNECTED_AT_ONCE = 50;
const FINISH_LIMIT_MS = 15_000;

/**
 * Requests that begin at a fixed rate, whether or not those before are answered; each on a connection that is free, or
 * on a new one as long as there are not too many. Answers are timed from when their request was due.
 */
export class Flood {
  #target;
  #most;
  #idle = [];
  #open = new Set();
  #counts;
  /** Of all its time, not of what is measured alone. */
  #turnedAway = 0;

  /** @param {{url: string, request: string | (() => Buffer), connections: number}} options */
  constructor({ url, request, connections }) {
    const { hostname: host, port } = new URL(url);
    this.#target = { host, port: Number(port), next: sourceOf(request) };
    this.#most = connections;
    this.#forget();
  }

  /** Sends for a time, of which the beginning is not counted, and gives what came of it. */
  async run({ rate, warmMs, measureMs }, watch) {
    await this.#connectAll();
    await this.#send(rate, warmMs);
    this.#forget();
    watch.begin();
    const begin = performance.now();
    await this.#send(rate, measureMs);
    const counts = this.#counts;
    const seconds = (performance.now() - begin) / 1000;
    watch.end();
    this.#forget(); // What still comes was answered later.
    await this.#finish();
    return { seconds, turnedAway: this.#turnedAway, ...summary(counts) };
  }

  async #connectAll() {
    while (this.#open.size < this.#most) {
      const some = Array.from({ length: CONNECTED_AT_ONCE }, () => this.#connect());
      await Promise.all(some.map((one) => one.connected));
      this.#idle.push(...some);
    }
  }

  #connect() {
    const one = new Connection(this.#target, (...answer) => this.#answered(one, ...answer));
    this.#open.add(one);
    this.#counts.connections += 1;
    return one;
  }

  async #send(rate, milliseconds) {
    const begin = performance.now();
    const all = Math.round((rate * milliseconds) / 1000);
    for (let sent = 0; sent < all; await sleep(TICK_MS)) {
      const due = Math.min(all, Math.floor(((performance.now() - begin) * rate) / 1000));
      for (; sent < due; sent += 1) this.#request(begin + (1000 * sent) / rate);
    }
  }

  #request(dueAt) {
    const counts = this.#counts;
    counts.latest = Math.max(counts.latest, performance.now() - dueAt);
    const free = this.#idle.shift(); // The one that rested longest: servers close those that rest for seconds.
    if (free) return free.send(dueAt);
    if (this.#open.size >= this.#most) return void (counts.unsent += 1);
    this.#connect().send(dueAt);
  }

  #answered(connection, reader, milliseconds) {
    if (reader && !reader.closes) this.#idle.push(connection);
    else {
      connection.close();
      this.#open.delete(connection);
      this.#idle = this.#idle.filter((one) => one !== connection);
    }
    if (!reader || reader.fault !== undefined) this.#turnedAway += 1;
    count(this.#counts, reader, milliseconds);
  }

  async #finish() {
    const deadline = performance.now() + FINISH_LIMIT_MS;
    while (this.#open.size > this.#idle.length && performance.now() < deadline) await sleep(10);
    for (const one of this.#open) one.close();
  }

  #forget() {
    const none = { unsent: 0, connections: 0, latest: 0, broken: 0 };
    this.#counts = { ...none, admitted: [], shed: [], faults: [] };
  }
}

/** One connection, which carries one request after the other. */
class Connection {
  #next;
  #socket;
  #reader = new AnswerReader();
  #dueAt = 0;

  /** @param tell called with the reader of an answer and its time; without one when the connection broke */
  constructor({ next, ...address }, tell) {
    this.#next = next;
    this.#socket = connect({ ...address, noDelay: true });
    this.#socket.on('data', (bytes) => {
      if (this.#reader.take(bytes)) tell(this.#reader, performance.now() - this.#dueAt);
    });
    this.#socket.on('error', () => tell());
    this.#socket.on('end', () => tell());
    this.connected = new Promise((resolve) => this.#socket.once('connect', resolve));
  }

  send(dueAt) {
    this.#reader.reset();
    this.#dueAt = dueAt;
    this.#socket.write(this.#next());
  }

  close() {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {}); // Nobody waits for what still comes.
    this.#socket.destroy();
  }
}

/** Gives the request of each call. */
function sourceOf(request) {
  if (typeof request === 'function') return request;
  const bytes = Buffer.from(request);
  return () => bytes;
}

function count(counts, reader, milliseconds) {
  if (!reader) counts.broken += 1;
  else if (reader.fault === undefined) counts.admitted.push(milliseconds);
  else {
    counts.shed.push(milliseconds);
    const fault = faultOfRefusal(reader);
    if (fault !== undefined) counts.faults.push(fault);
  }
}

/** What is wrong with an answer by which a call was turned away, if something is. */
function faultOfRefusal({ status, retryAfter, fault, tail }) {
  if (status !== 503) return fault;
  if (!(Number(retryAfter) >= 1)) return `503 with Retry-After ${retryAfter}`;
  try {
    const { message, type, code } = JSON.parse(
      tail.slice(tail.indexOf('{'), tail.lastIndexOf('}') + 1),
    ).error;
    return code === 'overloaded' && message && type ? undefined : `503 ${tail}`;
  } catch {
    return `503 whose body is no error: ${tail}`;
  }
}

function summary({ admitted, shed, faults, ...counts }) {
  const timesOf = (latencies) => {
    const sorted = Float64Array.from(latencies).sort();
    return { count: sorted.length, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
  };
  return {
    ...counts,
    admitted: timesOf(admitted),
    shed: timesOf(shed),
    faults: faults.length,
    fault: faults[0],
  };
}
