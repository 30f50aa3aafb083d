import type { UseEntry } from '../../src/billing/quota/quota.js';
import { TrueUpService } from '../../src/billing/reconciliation/true-up.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { beginNextDay, leaseYesterday, movedBy, revisionsOf } from './figures.js';
import { chargeOf, closeOf, identityOf } from './journal.js';
import { connectAsGateway, makeQuota, makeWallet, TestProcess } from './quotas.js';
import { makeTenant, type Rows } from './tenant.js';

/** A call with an estimate of 0.25 USD, of a hold of 1 that stays set aside, and who has better figures of it. */
export class EstimatedCall {
  tenant = 0;
  organization = '';
  wallet = '';
  budget = '';
  call = '';
  private holder: TestProcess | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly rows: Rows,
    readonly service: DatabaseService,
    readonly figures: TrueUpService,
  ) {}

  static async start(): Promise<EstimatedCall> {
    const database = await createTestDatabase();
    const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
    const service = new DatabaseService(environment);
    const rows = connectAsGateway(database.appUrl);
    return new EstimatedCall(database, rows, service, new TrueUpService(service));
  }

  async stop(): Promise<void> {
    await this.service.onApplicationShutdown();
    await this.rows.close();
    await this.database.drop();
  }

  /** Before each test, which has an organization, a process and a call of its own. */
  async begin(): Promise<void> {
    const { rows } = this;
    await rows.query(`UPDATE process SET state = 'dead'`);
    const tenant = ++this.tenant;
    this.organization = `org_${tenant}`;
    this.budget = `budget_${tenant}`;
    this.call = `call_${tenant}`;
    await makeTenant(rows, String(tenant));
    this.wallet = await makeWallet(rows, this.organization, '10');
    await makeQuota(rows, this.budget, { organization: this.organization, cap: '10' });
    this.holder = await TestProcess.register(rows, `process_${tenant}`);
    await this.process.lease([
      [this.wallet, '1'],
      [this.budget, '1'],
    ]);
    await this.post(this.call, '0.25');
  }

  /** Who leased for the call. */
  get process(): TestProcess {
    if (!this.holder) throw new Error('no test has begun');
    return this.holder;
  }

  async post(
    id: string,
    amount: string,
    more = {},
    quotas = [this.wallet, this.budget].map((quota): UseEntry => [
      quota,
      0,
      '1',
      amount,
      amount,
      '0.75',
    ]),
  ): Promise<void> {
    const close = closeOf(id, amount, {
      identity: identityOf({ organization: this.organization, tags: { team: 'a' } }),
      charge: chargeOf(amount, { rank: 'estimate', ...more }),
      quotas,
    });
    const text = 'SELECT post_calls($1, $2::jsonb)';
    await this.rows.query(text, [this.process.id, JSON.stringify([close])]);
  }

  revisions(): ReturnType<typeof revisionsOf> {
    return revisionsOf(this.rows, this.call);
  }

  moved(): ReturnType<typeof movedBy> {
    return movedBy(this.rows, this.call);
  }

  leasedYesterday(): ReturnType<typeof leaseYesterday> {
    return leaseYesterday(this.rows, this.process, this.organization);
  }

  nextDay(id: string): ReturnType<typeof beginNextDay> {
    return beginNextDay(this.rows, this.process, id);
  }
}
