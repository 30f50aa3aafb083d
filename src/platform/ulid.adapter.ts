import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const POOL = new Uint8Array(4_096);
let used = POOL.length;

/** Random numbers from 0 to below 1, in steps of 1/256; asked of the system in one go for many. */
function pooledRandom(): number {
  if (used === POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  return (POOL[used++] ?? 0) / 256;
}

/** A new ULID, greater than the one before it in this process. */
export const nextUlid: () => string = monotonicFactory(pooledRandom);
