import { setTimeout as sleep } from 'node:timers/promises';
import { RestartPolicy } from './restart-policy.mjs';

/** Exit status by which a program says that starting it again is pointless (EX_CONFIG). */
const configurationError = 78;
const reapTime = 300;

/**
 * A part of the gateway that is to run all the time. When it ends unasked it is started again, after
 * a pause that grows.
 *
 * @typedef {{ended: Promise<{code?: number | null, reason: string}>, askToStop(milliseconds: number): void,
 *   kill(): void, pid?: number}} Running
 */
export class KeptPart {
  #start;
  #policy;
  #log;
  #giveUp;
  #running;
  #startedAt = 0;
  #stopping = false;
  #pause;

  /**
   * @param {object} options
   * @param {string} options.name
   * @param {() => Running} options.start
   * @param {(line: string) => void} options.log
   * @param {(reason: string) => void} [options.giveUp] called once, when it is not started again
   * @param {RestartPolicy} [options.policy]
   */
  constructor({ name, start, log, giveUp = log, policy = new RestartPolicy() }) {
    this.name = name;
    this.#start = start;
    this.#log = log;
    this.#giveUp = giveUp;
    this.#policy = policy;
  }

  /** Starts the part, or takes over one that runs already. */
  begin(running = this.#start()) {
    this.#running = running;
    this.#startedAt = performance.now();
    if (running.pid) this.#log(`${this.name} started (pid ${running.pid})`);
    running.ended.then((end) => this.#afterEnd(end));
    return running;
  }

  /**
   * Ends the part for good: asks it, and kills it when its share of the time is used up.
   *
   * @param {import('./stop-clock.mjs').StopClock} clock
   * @param {number} share
   */
  async stop(clock, share) {
    this.#stopping = true;
    clearTimeout(this.#pause);
    const running = this.#running;
    if (!running) return;
    running.askToStop(clock.left(share));
    const inTime = await Promise.race([running.ended.then(() => true), clock.until(share)]);
    if (inTime) return;
    this.#log(`${this.name} did not end in time and is killed`);
    running.kill();
    await Promise.race([running.ended, sleep(reapTime)]);
  }

  #afterEnd({ code, reason }) {
    this.#running = undefined;
    if (this.#stopping) return;
    const run = { startedAt: this.#startedAt, endedAt: performance.now() };
    const pause = code === configurationError ? undefined : this.#policy.pauseAfter(run);
    if (pause === undefined) {
      this.#giveUp(`${this.name} ${reason} and is not started again`);
      return;
    }
    this.#log(`${this.name} ${reason}; starting it again in ${pause / 1000} s`);
    this.#pause = setTimeout(() => this.begin(), pause);
  }
}
