import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LeasingProcesses } from '../support/leasing-processes.js';
import { addLimits, readBy } from '../support/rows-read.js';

let stage: LeasingProcesses;

beforeAll(async () => {
  stage = await LeasingProcesses.start();
});
afterAll(() => stage.stop());
beforeEach(() => stage.begin());

describe('the plans that leasing makes while a process has little', () => {
  it('read no slices of other organizations, however many came since', async () => {
    const others = 3_000;
    const { one, rows, wallet } = stage;
    const takeAndGiveBack = async (): Promise<void> => {
      await one.operate({ needs: [[[wallet, '2']]], wants: [[wallet, '1', '0.5']] });
      await one.operate({ returns: [[wallet, 0, '3']] });
    };
    // So often that Postgres would keep the plan which it has.
    for (let time = 0; time < 12; time++) await takeAndGiveBack();
    await addLimits(rows, one, others);
    const [lease, quota] = await readBy(rows, takeAndGiveBack, ['lease', 'quota']);
    expect(lease).toBeLessThan(others / 10);
    expect(quota).toBeLessThan(others / 10);
  });
});
