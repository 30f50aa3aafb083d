import { setTimeout as sleep } from 'node:timers/promises';

const interval = 20;
const limit = 20_000;

/**
 * Reads again and again until what was read fits, and gives it. For what no event tells, such as a row that another
 * process writes.
 *
 * @throws Error with what was read last when twenty seconds have passed
 */
export async function eventually<T>(
  read: () => Promise<T>,
  fits: (value: T) => boolean = Boolean,
): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    const value = await read();
    if (fits(value)) return value;
    if (performance.now() > deadline)
      throw new Error(`not so after ${limit} ms; the last was ${JSON.stringify(value)}`);
    await sleep(interval);
  }
}
