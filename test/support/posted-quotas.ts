import type { CloseRecord } from '../../src/billing/journal/journal-record.js';
import type { UseEntry } from '../../src/billing/quota/quota.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { closeOf, identityOf } from './journal.js';
import { connectAsGateway, makeQuota, makeWallet, TestProcess } from './quotas.js';
import { makeTenant, type Rows } from './tenant.js';

/** A wallet and a budget of ten dollars each, and a process whose calls are posted against them. */
export class PostedQuotas {
  tenant = 0;
  organization = '';
  wallet = '';
  budget = '';
  private holder: TestProcess | undefined;

  protected constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
  ) {}

  static async start(): Promise<PostedQuotas> {
    const database = await createTestDatabase();
    return new PostedQuotas(database, connectAsGateway(database.appUrl));
  }

  async stop(): Promise<void> {
    await this.rows.close();
    await this.database.drop();
  }

  /** Before each test, which has an organization and a process of its own. */
  async begin(): Promise<void> {
    const { rows } = this;
    await rows.query(`UPDATE process SET state = 'dead'`);
    const tenant = ++this.tenant;
    this.organization = `org_${tenant}`;
    this.budget = `budget_${tenant}`;
    await makeTenant(rows, String(tenant));
    this.wallet = await makeWallet(rows, this.organization, '10');
    await makeQuota(rows, this.budget, { organization: this.organization, cap: '10' });
    this.holder = await TestProcess.register(rows, `process_${tenant}`);
  }

  get process(): TestProcess {
    if (!this.holder) throw new Error('no test has begun');
    return this.holder;
  }

  identity(more = {}): ReturnType<typeof identityOf> {
    const { organization, tenant } = this;
    return identityOf({ organization, project: `prj_${tenant}`, key: `key_${tenant}`, ...more });
  }

  /** The end of a call of `cost` USD with these entries. */
  close(
    name: string,
    cost: string,
    quotas: readonly UseEntry[] = [],
    more: Partial<CloseRecord> = {},
  ): CloseRecord {
    const identity = this.identity();
    return closeOf(`${this.tenant}_${name}`, cost, { identity, quotas, ...more });
  }

  /** What a call takes of wallet and budget alike. */
  both(hold: string, taken: string, cost: string, kept = '0'): UseEntry[] {
    return [this.wallet, this.budget].map((quota) => [quota, 0, hold, taken, cost, kept]);
  }

  async post(closes: readonly object[], holder = this.process.id): Promise<unknown> {
    const text = 'SELECT post_calls($1, $2::jsonb) AS result';
    const [row] = await this.rows.query(text, [holder, JSON.stringify(closes)]);
    return row?.['result'];
  }

  /** [call, kind, amount] of what was spent of a quota without having been set aside. */
  async overruns(quota: string): Promise<unknown[][]> {
    const found = await this.rows.query(
      `SELECT call_id, kind, trim_scale(amount)::text AS amount FROM overrun WHERE quota_id = $1 ORDER BY id`,
      [quota],
    );
    return found.map((row) => [row['call_id'], row['kind'], row['amount']]);
  }
}
