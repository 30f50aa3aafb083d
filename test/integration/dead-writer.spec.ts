import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { Logger } from '@nestjs/common';
import { JournalReader } from '../../src/billing/journal/journal-reader.service.js';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import { JournalWriter } from '../../src/billing/journal/journal.writer.js';
import { machineOf } from '../../src/billing/journal/machine.adapter.js';
import { PostingService } from '../../src/billing/journal/posting.service.js';
import { ProcessEndsService } from '../../src/billing/journal/process-ends.service.js';
import type { HoldEntry, UseEntry } from '../../src/billing/quota/quota.js';
import type { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { closeOf, identityOf, openOf, progressOf } from '../support/journal.js';
import { writeJournal } from '../support/journal-files.js';
import {
  connectAsGateway,
  faultsOf,
  makeQuota,
  makeWallet,
  quotaOf,
  TestProcess,
} from '../support/quotas.js';
import { makeTenant, type Rows } from '../support/tenant.js';

let database: TestDatabase;
let rows: Rows;
let service: DatabaseService;
let environment: Environment;
let ends: ProcessEndsService;
let reader: JournalReader;
let machine: string;
let tenant = 0;
let organization: string;
let wallet: string;
let rate: string;

beforeAll(async () => {
  database = await createTestDatabase();
  rows = connectAsGateway(database.appUrl);
  service = new DatabaseService(
    Object.assign(new Environment(), { DATABASE_URL: database.appUrl }),
  );
  ends = new ProcessEndsService(service);
});
afterAll(async () => {
  await service.onApplicationShutdown();
  await rows.close();
  await database.drop();
});
beforeEach(async () => {
  for (const level of ['warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  await rows.query(`SELECT end_process(id, 'dead', NULL, '[]', NULL) FROM process`);
  await rows.query('DELETE FROM process');
  tenant++;
  organization = `org_${tenant}`;
  rate = `rate_${tenant}`;
  await makeTenant(rows, String(tenant));
  wallet = await makeWallet(rows, organization, '10');
  await makeQuota(rows, rate, { organization, cap: '10', kind: 'requests_per_day', window: 'day' });
  const data = mkdtempSync(join(tmpdir(), 'writers-'));
  environment = Object.assign(new Environment(), { DATA_DIR: data });
  machine = machineOf(data);
  reader = makeReader();
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(environment.DATA_DIR, { recursive: true, force: true });
});

function makeReader(): JournalReader {
  const estimates = { add: () => Promise.resolve() } as unknown as EstimateQueue;
  return new JournalReader(environment, new PostingService(service, estimates), ends);
}

const folderOf = (id: string) => join(environment.DATA_DIR, 'journal', id);
const round = (by = reader) => by.round(() => undefined);
const name = (call: string) => `${tenant}_${call}`;
const identity = () => identityOf({ organization });

/** Opened with a dollar of the wallet and a request of the day set aside. */
const open = (call: string, period: number): JournalRecord => {
  const holds: HoldEntry[] = [
    [wallet, 0, '1', 'credit'],
    [rate, period, '1', 'requests_per_day'],
  ];
  return openOf(name(call), { identity: identity(), holds });
};

const close = (call: string, cost: string, period: number): JournalRecord => {
  const quotas: UseEntry[] = [
    [wallet, 0, '1', cost, cost, '0'],
    [rate, period, '1', '1', '1', '0'],
  ];
  return closeOf(name(call), cost, { identity: identity(), quotas });
};

/** A process that has leased so many dollars and ten requests; gives the day of those. */
async function leased(id: string, usd: string): Promise<[TestProcess, day: number]> {
  const process = await TestProcess.register(rows, id, { machine });
  await process.lease([
    [wallet, usd],
    [rate, '3'],
  ]);
  return [process, (await quotaOf(rows, rate)).period];
}

const passDeadline = (id: string, seconds = 2) =>
  rows.query(
    `UPDATE process SET deadline = clock_timestamp() - make_interval(secs => $2) WHERE id = $1`,
    [id, seconds],
  );

async function held(): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT call_id, quota_id, trim_scale(amount)::text AS amount FROM pending_hold WHERE call_id LIKE $1
     ORDER BY 1, 2`,
    [`${tenant}\\_%`],
  );
  return found.map((row) => [row['call_id'], row['quota_id'], row['amount']]);
}

async function overruns(): Promise<unknown[][]> {
  const found = await rows.query(
    `SELECT call_id, quota_id, kind, trim_scale(amount)::text AS amount FROM overrun
     WHERE quota_id = ANY ($1) ORDER BY id`,
    [[wallet, rate]],
  );
  return found.map((row) => Object.values(row));
}

describe('a dead writer', () => {
  it('has its lease released, but for what its estimates may still cost', async () => {
    const [process, day] = await leased('dead', '5');
    writeJournal(folderOf('dead'), [
      [
        open('done', day),
        open('half', day),
        open('none', day),
        progressOf(name('half'), '0.25'),
        close('done', '0.5', day),
      ],
    ]);
    expect(await round()).toBe(3);
    expect(await process.state()).toBe('dead');
    expect(await process.leases()).toEqual([]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.75', leased: '1.75' });
    expect(await quotaOf(rows, rate)).toMatchObject({ spent: '3', leased: '0' });
    expect(await held()).toEqual([
      [name('half'), wallet, '0.75'],
      [name('none'), wallet, '1'],
    ]);
    expect(await overruns()).toEqual([]);
    expect(existsSync(folderOf('dead'))).toBe(false);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('that is found twice, the poster having died in between, is settled once', async () => {
    const [process, day] = await leased('dead', '5');
    const journal = [[open('half', day), progressOf(name('half'), '0.25')]];
    writeJournal(folderOf('dead'), journal);
    await round();
    writeJournal(folderOf('dead'), journal);
    expect(await round(makeReader())).toBe(1);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0.75' });
    expect(await process.state()).toBe('dead');
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('whose database was away in the middle is settled when it is back', async () => {
    const [process, day] = await leased('dead', '5');
    writeJournal(folderOf('dead'), [[open('half', day), close('half', '0.5', day)]]);
    const ended = jest.spyOn(ends, 'endDead').mockRejectedValueOnce(new Error('away'));
    await expect(round()).rejects.toThrow('away');
    expect(existsSync(folderOf('dead'))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 500)); // Until it is asked again whether the writer lives.
    await round();
    ended.mockRestore();
    expect(await process.leases()).toEqual([]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.5', leased: '0' });
    expect(existsSync(folderOf('dead'))).toBe(false);
  });

  it('leaves a journal that is kept where a standby may have to hear it again', async () => {
    environment.JOURNAL_REPLAY_SECONDS = 900;
    const patient = makeReader();
    writeJournal(folderOf('dead'), [[closeOf(name('a'), '1', { identity: identity() })]]);
    await round(patient);
    expect(existsSync(folderOf('dead'))).toBe(true);
    patient.startOver();
    expect(await round(patient)).toBe(1); // Read and posted again.
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '1' });
  });
});

describe('a writer that lives beyond its deadline', () => {
  let writer: JournalWriter;
  beforeEach(async () => {
    writer = new JournalWriter(environment);
    await writer.onModuleInit();
  });
  afterEach(() => writer.onApplicationShutdown());

  async function expire(): Promise<void> {
    for (const process of await ends.expired(machine)) await reader.expire(process);
  }

  it('is fenced: it keeps what its open calls need, and its files', async () => {
    const [process, day] = await leased(writer.processId, '5');
    await writer.append(open('running', day));
    await writer.append(open('over', day));
    await writer.append(close('over', '0.5', day));
    await passDeadline(process.id);
    await expire();
    expect(await process.state()).toBe('fenced');
    expect(await process.leases()).toEqual([
      [wallet, '1'],
      [rate, '1'],
    ]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.5', leased: '1' });
    expect(existsSync(folderOf(process.id))).toBe(true);
    expect(await process.operate({})).toEqual({ fenced: true });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('has the calls that were open then paid from what it kept, and the rest of it released', async () => {
    const [process, day] = await leased(writer.processId, '5');
    await writer.append(open('running', day));
    await passDeadline(process.id);
    await expire();
    await writer.append(close('running', '0.25', day));
    await round(makeReader()); // Another poster knows of the fence, too.
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '0' });
    expect(await quotaOf(rows, rate)).toMatchObject({ spent: '1', leased: '0' });
    expect(await overruns()).toEqual([]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('has calls that it opened later charged, and put on record', async () => {
    const [process, day] = await leased(writer.processId, '5');
    await passDeadline(process.id);
    await expire();
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
    const other = await TestProcess.register(rows, 'other', { machine });
    await other.lease([[wallet, '10']]);
    await writer.append(open('late', day));
    await writer.append(close('late', '0.25', day));
    await round();
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.25', leased: '10' });
    expect(await overruns()).toEqual([
      [name('late'), wallet, 'late', '0.25'],
      [name('late'), rate, 'late', '1'],
    ]);
    expect(await other.leases()).toEqual([[wallet, '10']]);
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('keeps all where it was heard of in the meantime', async () => {
    const [process] = await leased(writer.processId, '5');
    await passDeadline(process.id);
    const [expired] = await ends.expired(machine);
    if (!expired) throw new Error('it has not expired');
    await process.operate({});
    await reader.expire(expired);
    expect(await process.state()).toBe('alive');
    // It has passed again: whatever was written before this one has not been read.
    await passDeadline(process.id);
    await reader.expire(expired);
    expect(await process.state()).toBe('alive');
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '5' });
  });

  it('is dead in the end: what it had left is released', async () => {
    const [process, day] = await leased(writer.processId, '5');
    await writer.append(open('running', day));
    await passDeadline(process.id);
    await expire();
    await round();
    await writer.onApplicationShutdown();
    await round(makeReader());
    expect(await process.state()).toBe('dead');
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0', leased: '1' });
    expect(await held()).toEqual([[name('running'), wallet, '1']]);
    expect(await quotaOf(rows, rate)).toMatchObject({ spent: '1', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});

describe('a process of this machine without a journal', () => {
  it('is dead: nothing of it can come any more', async () => {
    const [earlier] = machine.split('/');
    await TestProcess.register(rows, 'gone', { machine: `${earlier ?? ''}/before-the-reboot` });
    await passDeadline('gone');
    writeJournal(folderOf('other'), []);
    for (const process of await ends.expired(machine)) await reader.expire(process);
    expect(await rows.query(`SELECT state FROM process WHERE id = 'gone'`)).toEqual([
      { state: 'dead' },
    ]);
  });
});

describe('a machine that is gone', () => {
  async function lose(): Promise<TestProcess> {
    const process = await TestProcess.register(rows, 'far', { machine: 'far/boot' });
    await process.lease([[wallet, '4']]);
    await passDeadline('far', 31);
    await ends.sweep(machine);
    return process;
  }

  it('is in quarantine: its lease stays, and it can lease no more', async () => {
    const process = await lose();
    expect(await process.state()).toBe('quarantined');
    expect(await process.operate({ needs: [[[wallet, '1']]] })).toEqual({ fenced: true });
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '4' });
    await ends.sweep(machine);
    expect(await process.state()).toBe('quarantined');
  });

  it('is released by an operator; what its journal tells later is charged, and late', async () => {
    const process = await lose();
    const released = await rows.query(`SELECT * FROM release_quarantine('far')`);
    expect(released).toEqual([
      { process_id: 'far', machine: 'far/boot', released: [[wallet, 0, '4']] },
    ]);
    expect(await process.state()).toBe('dead');
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
    writeJournal(folderOf('far'), [
      [
        closeOf(name('a'), '0.5', {
          identity: identity(),
          quotas: [[wallet, 0, '1', '0.5', '0.5', '0']],
        }),
      ],
    ]);
    await round();
    expect(await overruns()).toEqual([[name('a'), wallet, 'late', '0.5']]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.5', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });

  it('is released by itself when no call of it can be running any more', async () => {
    const process = await lose();
    await passDeadline('far', 71 * 60);
    await ends.sweep(machine);
    expect(await process.state()).toBe('dead');
    expect(await quotaOf(rows, wallet)).toMatchObject({ leased: '0' });
  });

  it('that comes back with its journal is settled like any other', async () => {
    const [process, day] = await leased('far', '4');
    await rows.query(`UPDATE process SET machine = 'far/boot' WHERE id = 'far'`);
    await passDeadline('far', 31);
    await ends.sweep(machine);
    writeJournal(folderOf('far'), [[open('a', day), close('a', '0.5', day)]]);
    await round();
    expect(await process.state()).toBe('dead');
    expect(await overruns()).toEqual([]);
    expect(await quotaOf(rows, wallet)).toMatchObject({ spent: '0.5', leased: '0' });
    expect(await faultsOf(rows)).toEqual([]);
  });
});

describe('the end of a process', () => {
  it('is on record where it keeps more than it has', async () => {
    const [process] = await leased('short', '1');
    await passDeadline('short');
    const [expired] = await ends.expired(machine);
    if (!expired) throw new Error('it has not expired');
    await ends.fence(expired, [[wallet, 0, '3', 'credit']], 1);
    expect(await overruns()).toEqual([[null, wallet, 'short', '2']]);
    expect(await process.leases()).toEqual([[wallet, '1']]);
  });
});
