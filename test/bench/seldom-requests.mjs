import { requestText } from './plan.mjs';

/** The same request with many keys, one after the other, in an order that a seed decides; behind the last comes the first. */
export class SeldomRequests {
  #requests;
  #next = 0;

  /**
   * @param {object} body
   * @param {string[]} keys
   * @param {number} seed an integer
   */
  constructor(body, keys, seed) {
    this.#requests = shuffled(keys, seed).map((key) => Buffer.from(requestText(body, key)));
  }

  next() {
    const request = this.#requests[this.#next];
    this.#next = (this.#next + 1) % this.#requests.length;
    return request;
  }
}

/** Fisher and Yates' shuffle. */
function shuffled(items, seed) {
  const all = [...items];
  const random = numbersOf(seed);
  for (let last = all.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1));
    [all[last], all[at]] = [all[at], all[last]];
  }
  return all;
}

/** Numbers from 0 to 1, the same for the same seed: Park and Miller's generator. */
function numbersOf(seed) {
  const modulus = 2_147_483_647;
  let state = (Math.abs(seed) % (modulus - 1)) + 1;
  return () => {
    state = (state * 48_271) % modulus;
    return (state - 1) / (modulus - 1);
  };
}
