import type { UseEntry } from '../../src/billing/quota/quota.js';
import { TrueUpService } from '../../src/billing/reconciliation/true-up.service.js';
import { DatabaseService } from '../../src/platform/database.service.js';
import { Environment } from '../../src/platform/env.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { beginNextDay, leaseYesterday, movedBy, revisionsOf } from './figures.js';
import { chargeOf, closeOf, identityOf } from './journal.js';
import { PostedQuotas } from './posted-quotas.js';
import { connectAsGateway } from './quotas.js';

/** A call with an estimate of 0.25 USD, of a hold of 1 that stays set aside, and who has better figures of it. */
export class EstimatedCall extends PostedQuotas {
  call = '';
  readonly service: DatabaseService;
  readonly figures: TrueUpService;

  private constructor(database: TestDatabase) {
    super(database, connectAsGateway(database.appUrl));
    const environment = Object.assign(new Environment(), { DATABASE_URL: database.appUrl });
    this.service = new DatabaseService(environment);
    this.figures = new TrueUpService(this.service);
  }

  static override async start(): Promise<EstimatedCall> {
    return new EstimatedCall(await createTestDatabase());
  }

  override async stop(): Promise<void> {
    await this.service.onApplicationShutdown();
    await super.stop();
  }

  /** Before each test, which has a call of its own, too. */
  override async begin(): Promise<void> {
    await super.begin();
    this.call = `call_${this.tenant}`;
    await this.process.lease([
      [this.wallet, '1'],
      [this.budget, '1'],
    ]);
    await this.estimate(this.call, '0.25');
  }

  /** Posts a call whose cost is estimated, decimal USD. */
  async estimate(
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
    await this.post([close]);
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
