import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JournalReader } from '../../src/billing/journal/journal-reader.service.js';
import { WriterStage } from '../support/writer-stage.js';
import { closeOf } from '../support/journal.js';
import { writeJournal } from '../support/journal-files.js';
import { faultsOf, quotaOf, TestProcess } from '../support/quotas.js';

let stage: WriterStage;
let reader: JournalReader;

beforeAll(async () => {
  stage = await WriterStage.start();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  await stage.begin();
  reader = stage.makeReader();
});
afterEach(() => stage.end());

const round = (by = reader) => by.round(() => undefined);

describe('a machine that is gone', () => {
  async function lose(): Promise<TestProcess> {
    const process = await TestProcess.register(stage.rows, 'far', { machine: 'far/boot' });
    await process.lease([[stage.wallet, '4']]);
    await stage.passDeadline('far', 31);
    await stage.ends.sweep(stage.machine);
    return process;
  }

  it('is in quarantine: its lease stays, and it can lease no more', async () => {
    const process = await lose();
    expect(await process.state()).toBe('quarantined');
    expect(await process.operate({ needs: [[[stage.wallet, '1']]] })).toEqual({ fenced: true });
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '4' });
    await stage.ends.sweep(stage.machine);
    expect(await process.state()).toBe('quarantined');
  });

  it('is released by an operator; what its journal tells later is charged, and late', async () => {
    const process = await lose();
    const released = await stage.rows.query(`SELECT * FROM release_quarantine('far')`);
    expect(released).toEqual([
      { process_id: 'far', machine: 'far/boot', released: [[stage.wallet, 0, '4']] },
    ]);
    expect(await process.state()).toBe('dead');
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0' });
    writeJournal(stage.folderOf('far'), [
      [
        closeOf(stage.name('a'), '0.5', {
          identity: stage.identity(),
          quotas: [[stage.wallet, 0, '1', '0.5', '0.5', '0']],
        }),
      ],
    ]);
    await round();
    expect(await stage.overruns()).toEqual([[stage.name('a'), stage.wallet, 'late', '0.5']]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.5', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('is released by itself when no call of it can be running any more', async () => {
    const process = await lose();
    await stage.passDeadline('far', 71 * 60);
    await stage.ends.sweep(stage.machine);
    expect(await process.state()).toBe('dead');
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0' });
  });

  it('that comes back with its journal is settled like any other', async () => {
    const [process, day] = await stage.leased('far', '4');
    await stage.rows.query(`UPDATE process SET machine = 'far/boot' WHERE id = 'far'`);
    await stage.passDeadline('far', 31);
    await stage.ends.sweep(stage.machine);
    writeJournal(stage.folderOf('far'), [[stage.open('a', day), stage.close('a', '0.5', day)]]);
    await round();
    expect(await process.state()).toBe('dead');
    expect(await stage.overruns()).toEqual([]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.5', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });
});
