import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../project.mjs';
import { endOf, signal } from '../processes.mjs';

/**
 * Starts Postgres below a guard that stops it when this process ends.
 *
 * @param {object} order what `postgres-guard.mjs` is to run
 * @returns {Promise<GuardedPostgres>} when Postgres accepts connections
 * @throws {Error} with the last lines of its log when it does not start
 */
export async function startGuarded(order) {
  const guard = spawn(
    process.execPath,
    [path.join(root, 'scripts/postgres-guard.mjs'), JSON.stringify(order)],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  guard.stdin.on('error', () => {}); // The guard may be gone when it is told to stop.
  const running = new GuardedPostgres(guard);
  for await (const line of createInterface({ input: guard.stdout })) {
    const message = JSON.parse(line);
    if (message.pid) running.pid = message.pid;
    if (message.failed !== undefined) throw new Error(`Postgres did not start:\n${message.failed}`);
    if (message.ready) return running;
  }
  throw new Error('The guard of Postgres ended before Postgres was ready');
}

class GuardedPostgres {
  #guard;

  constructor(guard) {
    this.#guard = guard;
    /** Resolves when guard and Postgres are gone, for whatever reason. */
    this.ended = new Promise((resolve) => guard.once('exit', resolve)).then(() => this.#bury());
  }

  /** Process id of the guard. */
  get guardPid() {
    return this.#guard.pid;
  }

  /** Stops Postgres in good order, by force after `milliseconds`. */
  async stop(milliseconds = 5_000) {
    this.#guard.stdin.end(String(milliseconds));
    const late = setTimeout(() => this.kill(), milliseconds + 500);
    await this.ended;
    clearTimeout(late);
  }

  /** Ends everything at once. Postgres recovers at its next start. */
  kill() {
    signal(this.#guard.pid, 'SIGKILL');
    if (this.pid) signal(this.pid, 'SIGKILL');
  }

  /** A guard that was killed leaves its Postgres behind. */
  async #bury() {
    if (!this.pid || (await endOf(this.pid, 0))) return;
    signal(this.pid, 'SIGINT');
    if (!(await endOf(this.pid, 5_000))) signal(this.pid, 'SIGKILL');
  }
}
