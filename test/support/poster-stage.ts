import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalRecord } from '../../src/billing/journal/journal-record.js';
import type { PosterService } from '../../src/billing/journal/poster.service.js';
import type { EstimateQueue } from '../../src/billing/reconciliation/estimate-queue.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { closeOf, identityOf, openOf, progressOf } from './journal.js';
import { posterOf } from './poster.js';
import { connectAsGateway } from './quotas.js';
import { endSilence, silence } from './silence.js';
import { giveCredit, makeTenant, until, type Rows } from './tenant.js';

/** A poster and the journals that it reads; each test has a directory and an organization of its own. */
export class PosterStage {
  tenant = 0;
  data = '';
  environment = new Environment();
  /** Calls whose estimates were queued. */
  queued: string[] = [];
  private service: DatabaseService | undefined;
  private current: PosterService | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
  ) {}

  static async start(): Promise<PosterStage> {
    const database = await createTestDatabase();
    return new PosterStage(database, connectAsGateway(database.url));
  }

  async stop(): Promise<void> {
    await this.rows.close();
    await this.database.drop();
  }

  /** Before each test, during which the log is silent. The organization has a hundred dollars. */
  async begin(): Promise<void> {
    silence('warn', 'error');
    this.data = mkdtempSync(join(tmpdir(), 'poster-'));
    this.environment = Object.assign(new Environment(), {
      DATA_DIR: this.data,
      DATABASE_URL: this.database.appUrl,
    });
    this.service = new DatabaseService(this.environment);
    this.queued = [];
    this.current = this.makePoster();
    this.tenant++;
    await makeTenant(this.rows, String(this.tenant));
    await giveCredit(this.rows, String(this.tenant), '100');
  }

  /** After each test, when its poster has ended. */
  async end(): Promise<void> {
    await this.service?.pool.end();
    rmSync(this.data, { recursive: true, force: true });
    endSilence();
  }

  /** The poster of this test. */
  get poster(): PosterService {
    if (!this.current) throw new Error('no test has begun');
    return this.current;
  }

  makePoster(): PosterService {
    if (!this.service) throw new Error('no test has begun');
    const estimates = { add: async (ids: string[]) => void this.queued.push(...ids) };
    return posterOf(this.environment, this.service, estimates as unknown as EstimateQueue);
  }

  folderOf(name: string): string {
    return join(this.data, 'journal', name);
  }

  /** Ids are the tenant's own, so that tests of one database do not meet. */
  id(name: string): string {
    return `${this.tenant}_${name}`;
  }

  identity(): ReturnType<typeof identityOf> {
    const { tenant } = this;
    return identityOf({
      organization: `org_${tenant}`,
      project: `prj_${tenant}`,
      key: `key_${tenant}`,
    });
  }

  open(name: string): JournalRecord {
    return openOf(this.id(name), { identity: this.identity() });
  }

  progress(name: string, amount: string): JournalRecord {
    return progressOf(this.id(name), amount);
  }

  close(
    name: string,
    amount = '0.001',
    more: Partial<ReturnType<typeof closeOf>> = {},
  ): ReturnType<typeof closeOf> {
    return closeOf(this.id(name), amount, { identity: this.identity(), ...more });
  }

  /** The ends of so many calls at a tenth of a cent. */
  many(count: number, from = 0): JournalRecord[] {
    return Array.from({ length: count }, (_, at) => this.close(`c${from + at}`));
  }

  /** [call, amount, rank] of every usage event of the tenant, by call. */
  async events(): Promise<unknown[][]> {
    const found = await this.rows.query(
      `SELECT call_id, trim_scale(amount)::text AS amount, rank FROM usage_event
       WHERE organization_id = $1 ORDER BY call_id`,
      [`org_${this.tenant}`],
    );
    return found.map(({ call_id, amount, rank }) => [
      String(call_id).replace(`${this.tenant}_`, ''),
      amount,
      rank,
    ]);
  }

  /** Of the wallet, decimal USD. */
  async spent(): Promise<unknown> {
    const [row] = await this.rows.query(
      `SELECT trim_scale(spent)::text AS spent FROM quota WHERE scope_id = $1`,
      [`org_${this.tenant}`],
    );
    return row?.['spent'];
  }

  /** What was set aside. */
  async rejects(): Promise<unknown[]> {
    return this.rows.query('SELECT record, error FROM poster_reject WHERE segment LIKE $1', [
      `${this.data}%`,
    ]);
  }

  /** Whether no journal is left. */
  isEmpty(): boolean {
    const folder = join(this.data, 'journal');
    return (
      existsSync(folder) && readdirSync(folder).every((name) => /\.sock$|^\.rejected$/.test(name))
    );
  }

  /** Posts until every dead writer's journal is gone. */
  async postAll(): Promise<void> {
    this.poster.onApplicationBootstrap();
    await until(() => this.isEmpty(), 'posting everything');
  }
}
