import { existsSync } from 'node:fs';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { JournalReader } from '../../src/billing/journal/journal-reader.service.js';
import { until } from '../support/tenant.js';
import { WriterStage } from '../support/writer-stage.js';
import { closeOf, progressOf } from '../support/journal.js';
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

describe('a dead writer', () => {
  it('has its lease released, but for what its estimates may still cost', async () => {
    const [process, day] = await stage.leased('dead', '5');
    writeJournal(stage.folderOf('dead'), [
      [
        stage.open('done', day),
        stage.open('half', day),
        stage.open('none', day),
        progressOf(stage.name('half'), '0.25'),
        stage.close('done', '0.5', day),
      ],
    ]);
    expect(await round()).toBe(3);
    expect(await process.state()).toBe('dead');
    expect(await process.leases()).toEqual([]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({
      spent: '0.75',
      leased: '1.75',
    });
    expect(await quotaOf(stage.rows, stage.rate)).toMatchObject({ spent: '3', leased: '0' });
    expect(await stage.held()).toEqual([
      [stage.name('half'), stage.wallet, '0.75'],
      [stage.name('none'), stage.wallet, '1'],
    ]);
    expect(await stage.overruns()).toEqual([]);
    expect(existsSync(stage.folderOf('dead'))).toBe(false);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('that is found twice, the poster having died in between, is settled once', async () => {
    const [process, day] = await stage.leased('dead', '5');
    const journal = [[stage.open('half', day), progressOf(stage.name('half'), '0.25')]];
    writeJournal(stage.folderOf('dead'), journal);
    await round();
    writeJournal(stage.folderOf('dead'), journal);
    expect(await round(stage.makeReader())).toBe(1);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({
      spent: '0.25',
      leased: '0.75',
    });
    expect(await process.state()).toBe('dead');
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('whose database was away in the middle is settled when it is back', async () => {
    const [process, day] = await stage.leased('dead', '5');
    writeJournal(stage.folderOf('dead'), [
      [stage.open('half', day), stage.close('half', '0.5', day)],
    ]);
    const ended = jest.spyOn(stage.ends, 'endDead').mockRejectedValueOnce(new Error('away'));
    await expect(round()).rejects.toThrow('away');
    expect(existsSync(stage.folderOf('dead'))).toBe(true);
    // It is not asked at once again whether the writer lives.
    await until(async () => {
      await round();
      return !existsSync(stage.folderOf('dead'));
    }, 'the end of the writer');
    ended.mockRestore();
    expect(await process.leases()).toEqual([]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.5', leased: '0' });
    expect(existsSync(stage.folderOf('dead'))).toBe(false);
  });

  it('leaves a journal that is kept where a standby may have to hear it again', async () => {
    stage.environment.JOURNAL_REPLAY_SECONDS = 900;
    const patient = stage.makeReader();
    writeJournal(stage.folderOf('dead'), [
      [closeOf(stage.name('a'), '1', { identity: stage.identity() })],
    ]);
    await round(patient);
    expect(existsSync(stage.folderOf('dead'))).toBe(true);
    patient.startOver();
    expect(await round(patient)).toBe(1); // Read and posted again.
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '1' });
  });
});

describe('a process of this machine without a journal', () => {
  it('is dead: nothing of it can come any more', async () => {
    const [earlier] = stage.machine.split('/');
    await TestProcess.register(stage.rows, 'gone', {
      machine: `${earlier ?? ''}/before-the-reboot`,
    });
    await stage.passDeadline('gone');
    writeJournal(stage.folderOf('other'), []);
    for (const process of await stage.ends.expired(stage.machine)) await reader.expire(process);
    expect(await stage.rows.query(`SELECT state FROM process WHERE id = 'gone'`)).toEqual([
      { state: 'dead' },
    ]);
  });
});
