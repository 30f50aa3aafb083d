import type { CallIdentity, CloseRecord } from '../../src/billing/journal/journal-record.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { closeOf, identityOf } from './journal.js';
import { connectAsGateway, makeWallet } from './quotas.js';
import { makeTenant, type Rows } from './tenant.js';

/** Calls that have ended and are posted; each test has an organization with a hundred dollars of its own. */
export class EndedCalls {
  tenant = 0;
  organization = '';
  private calls = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
  ) {}

  static async start(): Promise<EndedCalls> {
    const database = await createTestDatabase();
    return new EndedCalls(database, connectAsGateway(database.appUrl));
  }

  async stop(): Promise<void> {
    await this.rows.close();
    await this.database.drop();
  }

  /** Before each test. */
  async begin(): Promise<void> {
    const tenant = ++this.tenant;
    this.organization = `org_${tenant}`;
    await makeTenant(this.rows, String(tenant));
    await makeWallet(this.rows, this.organization, '100');
  }

  /** The end of a call of `cost` USD that began just now, unless `who` says otherwise. */
  close(
    cost: string,
    who: Partial<CallIdentity> = {},
    more: Partial<CloseRecord> = {},
  ): CloseRecord {
    const { organization, tenant } = this;
    const identity = identityOf({
      organization,
      project: `prj_${tenant}`,
      key: `key_${tenant}`,
      startedAt: Date.now(),
      ...who,
    });
    return closeOf(`call_${this.calls++}`, cost, { identity, ...more });
  }

  /** Posts them as one batch. */
  async post(...closes: CloseRecord[]): Promise<void> {
    await this.rows.query(`SELECT post_calls('p', $1::jsonb)`, [JSON.stringify(closes)]);
  }
}
