import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalReader } from '../../src/billing/journal/journal-reader.service.js';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import { machineOf } from '../../src/billing/journal/machine.adapter.js';
import { PostingService } from '../../src/billing/journal/posting.service.js';
import { ProcessEndsService } from '../../src/billing/journal/process-ends.service.js';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import type { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase } from './database.js';
import { closeOf, identityOf, openOf } from './journal.js';
import { connectAsGateway, makeQuota, makeWallet, quotaOf, TestProcess } from './quotas.js';
import { endSilence, silence } from './silence.js';
import { makeTenant, type Rows } from './tenant.js';

/** A machine whose journals are read and posted; each test has a directory and an organization of its own. */
export class WriterStage {
  readonly ends: ProcessEndsService;
  organization = '';
  /** Holds ten dollars. */
  wallet = '';
  /** Ten requests a day. */
  rate = '';
  environment = new Environment();
  machine = '';
  private tenant = 0;

  private constructor(
    readonly rows: Rows,
    private readonly service: DatabaseService,
    private readonly drop: () => Promise<void>,
  ) {
    this.ends = new ProcessEndsService(service);
  }

  static async start(): Promise<WriterStage> {
    const database = await createTestDatabase();
    const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
    const rows = connectAsGateway(database.appUrl);
    return new WriterStage(rows, new DatabaseService(environment), () => database.drop());
  }

  async stop(): Promise<void> {
    await this.service.onApplicationShutdown();
    await this.rows.close();
    await this.drop();
  }

  /** Before each test, during which the log is silent. */
  async begin(): Promise<void> {
    silence('warn', 'error');
    await this.rows.query(`SELECT end_process(id, 'dead', NULL, '[]', NULL) FROM process`);
    await this.rows.query('DELETE FROM process');
    this.tenant++;
    const organization = `org_${this.tenant}`;
    this.organization = organization;
    this.rate = `rate_${this.tenant}`;
    await makeTenant(this.rows, String(this.tenant));
    this.wallet = await makeWallet(this.rows, organization, '10');
    const daily = { cap: '10', kind: 'requests_per_day', window: 'day' };
    await makeQuota(this.rows, this.rate, { organization, ...daily });
    const data = mkdtempSync(join(tmpdir(), 'writers-'));
    this.environment = Object.assign(new Environment(), { DATA_DIR: data });
    this.machine = machineOf(data);
  }

  /** After each test. */
  end(): void {
    endSilence();
    rmSync(this.environment.DATA_DIR, { recursive: true, force: true });
  }

  /** What a poster reads the journals with. */
  makeReader(): JournalReader {
    const estimates = { add: () => Promise.resolve() } as unknown as EstimateQueue;
    const posting = new PostingService(this.service, estimates);
    return new JournalReader(this.environment, posting, this.ends);
  }

  folderOf(id: string): string {
    return join(this.environment.DATA_DIR, 'journal', id);
  }

  /** The id of a call of this test. */
  name(call: string): string {
    return `${this.tenant}_${call}`;
  }

  identity(): ReturnType<typeof identityOf> {
    return identityOf({ organization: this.organization });
  }

  /** Opened with a dollar of the wallet and a request of the day set aside. */
  open(call: string, period: number): JournalRecord {
    return openOf(this.name(call), {
      identity: this.identity(),
      holds: [
        [this.wallet, 0, '1', 'credit'],
        [this.rate, period, '1', 'requests_per_day'],
      ],
    });
  }

  close(call: string, cost: string, period: number): JournalRecord {
    const quotas: UseEntry[] = [
      [this.wallet, 0, '1', cost, cost, '0'],
      [this.rate, period, '1', '1', '1', '0'],
    ];
    return closeOf(this.name(call), cost, { identity: this.identity(), quotas });
  }

  /** A process that has leased so many dollars and ten requests; gives the day of those. */
  async leased(id: string, usd: string): Promise<[TestProcess, day: number]> {
    const process = await TestProcess.register(this.rows, id, { machine: this.machine });
    await process.lease([
      [this.wallet, usd],
      [this.rate, '3'],
    ]);
    return [process, (await quotaOf(this.rows, this.rate)).period];
  }

  async passDeadline(id: string, seconds = 2): Promise<void> {
    await this.rows.query(
      `UPDATE process SET deadline = clock_timestamp() - make_interval(secs => $2) WHERE id = $1`,
      [id, seconds],
    );
  }

  /** [call, quota, amount] of what is set aside for estimates of this test. */
  async held(): Promise<unknown[][]> {
    const found = await this.rows.query(
      `SELECT call_id, quota_id, trim_scale(amount)::text AS amount FROM pending_hold WHERE call_id LIKE $1
       ORDER BY 1, 2`,
      [`${this.tenant}\\_%`],
    );
    return found.map((row) => [row['call_id'], row['quota_id'], row['amount']]);
  }

  /** [call, quota, kind, amount] of what the limits of this test do not cover. */
  async overruns(): Promise<unknown[][]> {
    const found = await this.rows.query(
      `SELECT call_id, quota_id, kind, trim_scale(amount)::text AS amount FROM overrun
       WHERE quota_id = ANY ($1) ORDER BY id`,
      [[this.wallet, this.rate]],
    );
    return found.map((row) => Object.values(row));
  }
}
