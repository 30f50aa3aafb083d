import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JournalReader } from '../../src/billing/journal/journal-reader.service.js';
import { JournalWriter } from '../../src/billing/journal/journal.writer.js';
import { WriterStage } from '../support/writer-stage.js';
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

describe('a writer that lives beyond its deadline', () => {
  let writer: JournalWriter;
  beforeEach(async () => {
    writer = new JournalWriter(stage.environment);
    await writer.onModuleInit();
  });
  afterEach(() => writer.onApplicationShutdown());

  async function expire(): Promise<void> {
    for (const process of await stage.ends.expired(stage.machine)) await reader.expire(process);
  }

  it('is fenced: it keeps what its open calls need, and its files', async () => {
    const [process, day] = await stage.leased(writer.processId, '5');
    await writer.append(stage.open('running', day));
    await writer.append(stage.open('over', day));
    await writer.append(stage.close('over', '0.5', day));
    await stage.passDeadline(process.id);
    await expire();
    expect(await process.state()).toBe('fenced');
    expect(await process.leases()).toEqual([
      [stage.wallet, '1'],
      [stage.rate, '1'],
    ]);
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.5', leased: '1' });
    expect(existsSync(stage.folderOf(process.id))).toBe(true);
    expect(await process.operate({})).toEqual({ fenced: true });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('has the calls that were open then paid from what it kept, and the rest of it released', async () => {
    const [process, day] = await stage.leased(writer.processId, '5');
    await writer.append(stage.open('running', day));
    await stage.passDeadline(process.id);
    await expire();
    await writer.append(stage.close('running', '0.25', day));
    await round(stage.makeReader()); // Another poster knows of the fence, too.
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await quotaOf(stage.rows, stage.rate)).toMatchObject({ spent: '1', leased: '0' });
    expect(await stage.overruns()).toEqual([]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('has calls that it opened later charged, and put on record', async () => {
    const [process, day] = await stage.leased(writer.processId, '5');
    await stage.passDeadline(process.id);
    await expire();
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '0' });
    const other = await TestProcess.register(stage.rows, 'other', { machine: stage.machine });
    await other.lease([[stage.wallet, '10']]);
    await writer.append(stage.open('late', day));
    await writer.append(stage.close('late', '0.25', day));
    await round();
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0.25', leased: '10' });
    expect(await stage.overruns()).toEqual([
      [stage.name('late'), stage.wallet, 'late', '0.25'],
      [stage.name('late'), stage.rate, 'late', '1'],
    ]);
    expect(await other.leases()).toEqual([[stage.wallet, '10']]);
    expect(await faultsOf(stage.rows)).toEqual([]);
  });

  it('keeps all where it was heard of in the meantime', async () => {
    const [process] = await stage.leased(writer.processId, '5');
    await stage.passDeadline(process.id);
    const [expired] = await stage.ends.expired(stage.machine);
    if (!expired) throw new Error('it has not expired');
    await process.operate({});
    await reader.expire(expired);
    expect(await process.state()).toBe('alive');
    // It has passed again: whatever was written before this one has not been read.
    await stage.passDeadline(process.id);
    await reader.expire(expired);
    expect(await process.state()).toBe('alive');
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ leased: '5' });
  });

  it('is dead in the end: what it had left is released', async () => {
    const [process, day] = await stage.leased(writer.processId, '5');
    await writer.append(stage.open('running', day));
    await stage.passDeadline(process.id);
    await expire();
    await round();
    await writer.onApplicationShutdown();
    await round(stage.makeReader());
    expect(await process.state()).toBe('dead');
    expect(await quotaOf(stage.rows, stage.wallet)).toMatchObject({ spent: '0', leased: '1' });
    expect(await stage.held()).toEqual([[stage.name('running'), stage.wallet, '1']]);
    expect(await quotaOf(stage.rows, stage.rate)).toMatchObject({ spent: '1', leased: '0' });
    expect(await faultsOf(stage.rows)).toEqual([]);
  });
});

describe('the end of a process', () => {
  it('is on record where it keeps more than it has', async () => {
    const [process] = await stage.leased('short', '1');
    await stage.passDeadline('short');
    const [expired] = await stage.ends.expired(stage.machine);
    if (!expired) throw new Error('it has not expired');
    await stage.ends.fence(expired, [[stage.wallet, 0, '3', 'credit']], 1);
    expect(await stage.overruns()).toEqual([[null, stage.wallet, 'short', '2']]);
    expect(await process.leases()).toEqual([[stage.wallet, '1']]);
  });
});
