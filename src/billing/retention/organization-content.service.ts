import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { ERASE_LABELS, ERASURE, type ErasureStep } from './organization-content.js';

const BATCH = 2_000;
/** Of one step and run; the rest waits for the next run. */
const MAX_BATCHES = 250;
const MAX_ORGANIZATIONS = 20;
/** Until then the calls that ran at the deletion have ended and are posted. */
const WAIT = '15 minutes';

/** The last usage event of a page. */
interface LabelPlace {
  readonly occurred_at: string;
  readonly call_id: string;
  readonly size: number;
}

/**
 * Removes the content of deleted organizations. Ledger and usage stay, for the books. Idempotent; what was too much for
 * one run is done by the next.
 */
@Injectable()
export class OrganizationContentService {
  private readonly logger = new Logger(OrganizationContentService.name);

  constructor(private readonly database: DatabaseService) {}

  /** Erases what is left of deleted organizations; gives of how many nothing is left now. */
  async sweep(): Promise<number> {
    const { rows } = await this.database.pool.query<{ id: string }>(
      `SELECT id FROM organization
       WHERE erased_at IS NULL AND deleted_at < clock_timestamp() - $1::interval ORDER BY deleted_at LIMIT $2`,
      [WAIT, MAX_ORGANIZATIONS],
    );
    let done = 0;
    for (const { id } of rows) if (await this.tryToErase(id)) done++;
    return done;
  }

  /** Erases the content of an organization; false where some of it is left for the next time. */
  async erase(organizationId: string): Promise<boolean> {
    for (const step of ERASURE) if (!(await this.run(step, organizationId))) return false;
    await this.eraseLabels(organizationId);
    await this.database.pool.query(
      'UPDATE organization SET erased_at = clock_timestamp() WHERE id = $1 AND deleted_at IS NOT NULL',
      [organizationId],
    );
    this.logger.log(`the content of ${organizationId} is erased`);
    return true;
  }

  /** One that cannot be erased keeps no other from it. */
  private async tryToErase(organizationId: string): Promise<boolean> {
    try {
      return await this.erase(organizationId);
    } catch (error) {
      this.logger.error(`the content of ${organizationId} is not erased: ${String(error)}`);
      return false;
    }
  }

  private async run({ what, sql }: ErasureStep, organizationId: string): Promise<boolean> {
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const { rowCount } = await this.database.pool.query(sql, [organizationId, BATCH]);
      if ((rowCount ?? 0) === 0) return true;
    }
    this.logger.log(`${what} of ${organizationId} are left for the next run`);
    return false;
  }

  private async eraseLabels(organizationId: string): Promise<void> {
    let place: LabelPlace | undefined = { occurred_at: '-infinity', call_id: '', size: BATCH };
    while (place?.size === BATCH) {
      const page: { rows: LabelPlace[] } = await this.database.pool.query<LabelPlace>(
        ERASE_LABELS,
        [organizationId, place.occurred_at, place.call_id, BATCH],
      );
      [place] = page.rows;
    }
  }
}
