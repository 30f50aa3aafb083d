import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';

const EVERY_MS = 30_000;
/** Percent. */
const THRESHOLDS: readonly number[] = [50, 80, 100];

interface RaisedAlert {
  readonly organization_id: string;
  readonly quota_id: string;
  readonly threshold: number;
}

/** In the worker: tells once for each period when a budget is used to 50, 80 and 100 %, whatever it does then. */
@Injectable()
export class BudgetWatchService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BudgetWatchService.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: DatabaseService) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.look().catch((error: unknown) => this.logger.warn(`look failed: ${String(error)}`));
    }, EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Gives how many alerts are new. Two workers that look at once raise each alert once. */
  async look(): Promise<number> {
    const { rows } = await this.database.pool.query<RaisedAlert>(
      'SELECT organization_id, quota_id, threshold FROM raise_budget_alerts($1)',
      [THRESHOLDS],
    );
    for (const { organization_id: organization, quota_id: budget, threshold } of rows)
      this.logger.warn(`budget ${budget} of ${organization} is used to ${threshold} % or more`);
    return rows.length;
  }
}
