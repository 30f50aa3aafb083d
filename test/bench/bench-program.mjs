import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/project.mjs';
import { leash } from '../../scripts/supervisor/leash.mjs';
import { onCore } from './cores.mjs';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** A Node program that the bench started, on a core of its own choice. It ends when the bench does. */
export class BenchProgram {
  #child;
  #log;
  #announced;

  /**
   * @param {string} script below the checkout
   * @param {object} options
   * @param {string} options.log file for what it prints
   * @param {number} [options.core]
   * @param {object} [options.env] beside what the bench itself has
   * @param {string[]} [options.nodeOptions]
   */
  constructor(script, { log, core, env = {}, nodeOptions = [] }) {
    this.script = script;
    this.#log = log;
    const [command, args] = onCore(core, process.execPath, [
      ...leash.options,
      ...nodeOptions,
      script,
    ]);
    const output = openSync(log, 'a');
    this.#child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env, ...leash.env },
      stdio: ['ignore', env.SANDBOX_PORT ? 'pipe' : output, output, 'ipc'],
    });
    closeSync(output);
    this.#announced = announcement(this.#child);
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(signal ?? code));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** What it says when it is ready. @throws Error with the end of its log when it does not get there */
  ready() {
    return this.#whileAlive(this.#announced, START_LIMIT_MS);
  }

  /** Sends an order and gives its result. */
  async order(kind, order, limitMs) {
    const answer = new Promise((resolve) => this.#child.once('message', resolve));
    this.#child.send({ kind, ...order });
    const { failed, result } = await this.#whileAlive(answer, limitMs);
    if (failed !== undefined) throw new Error(failed);
    return result;
  }

  signal(name) {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(name);
  }

  /** Asks it to end, kills it where it does not. */
  async stop() {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_LIMIT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  async #whileAlive(promise, limitMs) {
    const limit = new AbortController();
    const late = sleep(limitMs, `said nothing for ${limitMs} ms`, { signal: limit.signal });
    const ended = this.ended.then((end) => `ended with ${end}`);
    const first = await Promise.race([promise, ended, late.catch(() => {})]);
    limit.abort();
    if (typeof first === 'object') return first;
    throw new Error(`${this.script} ${first}:\n${readFileSync(this.#log, 'utf8').slice(-3_000)}`);
  }
}

/** The first thing that a program says: as a JSON line where its output is read, else as a message. */
function announcement(child) {
  return new Promise((resolve) => {
    if (!child.stdout) return child.once('message', resolve);
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
  });
}
