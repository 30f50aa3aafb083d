import { setTimeout as sleep } from 'node:timers/promises';

const patience = 10_000;
const impatience = 2_000;
const tick = 20;

/** The time that is left to stop everything, shared out among the parts. In milliseconds. */
export class StopClock {
  #begin = Infinity;
  #total = patience;

  /** Starts the ten seconds. */
  start() {
    this.#begin = performance.now();
  }

  /** Somebody asked again: from now on, two seconds. */
  hurry() {
    this.#begin = performance.now();
    this.#total = impatience;
  }

  /** How long until this share (0 to 1) of the time is used up. */
  left(share) {
    return Math.max(0, this.#begin + share * this.#total - performance.now());
  }

  /** Resolves when this share of the time is used up, also when that is moved by `hurry`. */
  async until(share) {
    while (this.left(share) > 0) await sleep(tick);
  }
}
