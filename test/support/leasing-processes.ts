import { createTestDatabase, type TestDatabase } from './database.js';
import { connectAsGateway, makeWallet, TestProcess } from './quotas.js';
import { makeTenant, type Rows } from './tenant.js';

/** Two processes that lease of one wallet; each test has an organization and processes of its own. */
export class LeasingProcesses {
  tenant = 0;
  organization = '';
  /** Holds ten dollars. */
  wallet = '';
  private pair: readonly [TestProcess, TestProcess] | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
    /** A connection beside the one of the two processes. */
    readonly other: Rows,
  ) {}

  static async start(): Promise<LeasingProcesses> {
    const database = await createTestDatabase();
    const { appUrl } = database;
    return new LeasingProcesses(database, connectAsGateway(appUrl), connectAsGateway(appUrl));
  }

  async stop(): Promise<void> {
    await Promise.all([this.rows.close(), this.other.close()]);
    await this.database.drop();
  }

  /** Before each test. */
  async begin(): Promise<void> {
    const { rows } = this;
    await rows.query(`UPDATE process SET state = 'dead'`);
    const tenant = ++this.tenant;
    this.organization = `org_${tenant}`;
    await makeTenant(rows, String(tenant));
    this.wallet = await makeWallet(rows, this.organization, '10');
    const one = await TestProcess.register(rows, `one_${tenant}`);
    this.pair = [one, await TestProcess.register(rows, `two_${tenant}`)];
  }

  get one(): TestProcess {
    return this.both[0];
  }

  get two(): TestProcess {
    return this.both[1];
  }

  private get both(): readonly [TestProcess, TestProcess] {
    if (!this.pair) throw new Error('no test has begun');
    return this.pair;
  }
}
