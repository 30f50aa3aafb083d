import { expect, it } from '@jest/globals';
import { LeaseBatch } from './lease-batch.js';

it('is smaller while Postgres is slow, and as large as before when it is not', () => {
  const batch = new LeaseBatch();
  const sizes = [500, 900, 300, 5_000, 5_000, 5_000, 300, 100, 100, 100, 100].map((took) => {
    batch.answered(took);
    return batch.size;
  });
  expect(sizes).toEqual([150, 75, 75, 37, 25, 25, 25, 50, 100, 200, 300]);
});
