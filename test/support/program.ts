import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const leash = path.join(root, 'scripts/supervisor/end-with-parent.mjs');
const startLimit = 90_000;
const stopLimit = 10_000;

/** How a program ended: its exit status, or the signal that ended it. */
export type ProgramEnd = number | NodeJS.Signals | null;

/** A built program of the gateway as a process of its own, which ends when the test's process does. */
export class Program {
  /** What it printed so far, on both streams. */
  output = '';
  readonly ended: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #announced: Promise<Record<string, unknown>>;

  /**
   * @param script below the checkout, for example `dist/main.js`
   * @param environment all that the program sees, beside PATH and HOME
   */
  constructor(
    readonly script: string,
    environment: Readonly<Record<string, string>>,
  ) {
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, ['--import', leash, script], {
      cwd: root,
      env: { PATH, HOME, ...environment, LEASH_HOLDER: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(code ?? signal));
    });
    this.#announced = new Promise((resolve) => {
      this.#child.once('message', (message) => resolve(message as Record<string, unknown>));
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /**
   * The message by which it says that it serves.
   *
   * @throws Error with its output when it ends before, or says nothing for a minute and a half
   */
  async ready(): Promise<Record<string, unknown>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`said nothing for ${startLimit} ms`), startLimit);
    });
    const ended = this.ended.then((end) => `ended with ${String(end)}`);
    const first = await Promise.race([this.#announced, ended, late]);
    clearTimeout(timer);
    if (typeof first === 'object') return first;
    throw new Error(`${this.script} ${first}:\n${this.output.slice(-4_000)}`);
  }

  /** Sends a signal; without waiting for what it does. */
  signal(name: NodeJS.Signals): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(name);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Asks it to end; kills it where it does not. Gives how it ended. */
  async stop(): Promise<ProgramEnd> {
    const timer = setTimeout(() => this.signal('SIGKILL'), stopLimit);
    this.signal('SIGTERM');
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }
}
