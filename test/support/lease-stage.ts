import { createTestDatabase, type TestDatabase } from './database.js';
import { LeaseProcess, makeQuota, type QuotaOptions } from './lease-process.js';
import { endSilence, silence } from './silence.js';
import { connect, giveCredit, makeTenant, type Rows } from './tenant.js';

/** Processes that admit calls, on one database; each test has an organization and processes of its own. */
export class LeaseStage {
  tenant = 0;
  /** What the ids of the organization of this test end in. */
  name = '';
  /** Those that run. */
  readonly processes: LeaseProcess[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
  ) {}

  static async start(): Promise<LeaseStage> {
    const database = await createTestDatabase();
    return new LeaseStage(database, connect(database.url));
  }

  async stop(): Promise<void> {
    await this.rows.close();
    await this.database.drop();
  }

  /** Before each test, during which the log is silent. */
  async begin(): Promise<void> {
    silence('log', 'warn', 'fatal');
    this.name = String(++this.tenant);
    await makeTenant(this.rows, this.name);
    // Those of the test before would have a share of everything.
    await this.rows.query(`UPDATE process SET state = 'dead'`);
  }

  /** Starts one more process, which reaches the database by this address. */
  async startProcess(url = this.database.appUrl): Promise<LeaseProcess> {
    const process = await new LeaseProcess(url).start();
    this.processes.push(process);
    return process;
  }

  /** After each test. */
  async end(): Promise<void> {
    endSilence();
    await this.stopProcesses();
  }

  /** Ends all that run, in order. */
  async stopProcesses(): Promise<void> {
    for (const process of this.processes.splice(0)) await process.stop();
  }

  /** Of the organization of this test, decimal USD. */
  giveCredit(usd: string): Promise<void> {
    return giveCredit(this.rows, this.name, usd);
  }

  /** Gives the organization of this test a limit, and gives its id. */
  makeQuota(options: QuotaOptions): Promise<string> {
    return makeQuota(this.rows, this.name, options);
  }

  /** What Postgres has on record of the wallet: leased in all, and by whom. */
  async leased(): Promise<{ total: string; byProcess: Record<string, string> }> {
    const wallet = `credit:org_${this.name}`;
    const [quota] = await this.rows.query(
      'SELECT trim_scale(leased)::text AS total FROM quota WHERE id = $1',
      [wallet],
    );
    const leases = await this.rows.query(
      `SELECT process_id, trim_scale(granted)::text AS granted FROM lease
       WHERE quota_id = $1 AND granted <> 0`,
      [wallet],
    );
    const entries = leases.map((row) => [row['process_id'], row['granted']] as const);
    return { total: String(quota?.['total']), byProcess: Object.fromEntries(entries) };
  }
}
