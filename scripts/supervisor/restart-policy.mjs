const firstPause = 500;
const longestPause = 10_000;
const steadyAfter = 30_000;

/**
 * How long to wait before a part that ended is started again: half a second, doubling up to ten. A
 * part that ran for thirty seconds begins anew. All times are in milliseconds.
 */
export class RestartPolicy {
  #limit;
  #crashes = [];
  #streak = 0;

  /** @param {{limit?: number}} options how many ends within thirty seconds are too many */
  constructor({ limit = Infinity } = {}) {
    this.#limit = limit;
  }

  /**
   * @param {{startedAt: number, endedAt: number}} run
   * @returns {number | undefined} the pause, or undefined to give up
   */
  pauseAfter({ startedAt, endedAt }) {
    this.#crashes = [...this.#crashes, endedAt].filter((time) => time > endedAt - steadyAfter);
    if (this.#crashes.length >= this.#limit) return undefined;
    this.#streak = endedAt - startedAt >= steadyAfter ? 1 : this.#streak + 1;
    return Math.min(firstPause * 2 ** (this.#streak - 1), longestPause);
  }
}
