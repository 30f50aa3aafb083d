import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { EstimateQueue } from '../reconciliation/estimate-queue.service.js';
import type { UseEntry } from '../quota/quota.js';
import type { PostedEntry } from './fenced-use.js';
import type { CloseRecord } from './journal-record.js';

const BATCH = 1_000;

/** SQLSTATE classes that blame the data, not the moment: data exception, integrity, raised by a function. */
const DATA_ERROR = /^(22|23|P0)/;

/** Why something of a journal was set aside: refused by the database, unreadable, or not there. */
export type RejectKind = 'refused' | 'damaged' | 'gap';

/** A close as the SQL function takes it: its entries of quotas may say more than the journal's. */
export type PostedClose = Omit<CloseRecord, 'quotas'> & {
  readonly quotas: readonly (UseEntry | PostedEntry)[];
};

export interface Posting {
  readonly close: PostedClose;
  readonly segment: string;
}

interface PostResult {
  readonly estimates: readonly string[];
  readonly overruns: number;
}

/** Posts ends of calls, and sets aside what cannot be posted. */
@Injectable()
export class PostingService {
  private readonly logger = new Logger(PostingService.name);

  constructor(
    private readonly database: DatabaseService,
    private readonly estimates: EstimateQueue,
  ) {}

  /**
   * Posts the ends of calls of one process, each once however often they come; gives the segments of those that were
   * set aside. `posted` is told after each batch.
   * @throws Error where the database cannot be asked; nothing is lost then, what was posted is passed over next time
   */
  async post(
    processId: string,
    folder: string,
    postings: readonly Posting[],
    posted: () => void = () => undefined,
  ): Promise<string[]> {
    const suspect: string[] = [];
    for (let start = 0; start < postings.length; start += BATCH) {
      suspect.push(
        ...(await this.postBatch(processId, folder, postings.slice(start, start + BATCH))),
      );
      posted();
    }
    return suspect;
  }

  /** Sets a piece of a journal aside for a person to look at; once, however often the journal is read. */
  async reject(kind: RejectKind, segment: string, record: string, reason: string): Promise<void> {
    this.logger.error(`a journal record was set aside in poster_reject: ${reason}`);
    await this.database.pool.query(
      `INSERT INTO poster_reject (kind, segment, record, error) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [kind, segment, record, reason],
    );
  }

  /** A batch that the database refuses is halved until the bad record stands alone. */
  private async postBatch(
    processId: string,
    folder: string,
    batch: readonly Posting[],
  ): Promise<string[]> {
    const [first] = batch;
    if (!first) return [];
    try {
      await this.postAtOnce(processId, batch);
      return [];
    } catch (error) {
      if (!DATA_ERROR.test((error as { code?: string }).code ?? '')) throw error;
      if (batch.length > 1) {
        const middle = Math.ceil(batch.length / 2);
        return [
          ...(await this.postBatch(processId, folder, batch.slice(0, middle))),
          ...(await this.postBatch(processId, folder, batch.slice(middle))),
        ];
      }
      await this.reject('refused', folder, JSON.stringify(first.close), String(error));
      return [first.segment];
    }
  }

  private async postAtOnce(processId: string, batch: readonly Posting[]): Promise<void> {
    const { rows } = await this.database.pool.query<{ result: PostResult }>({
      name: 'post-calls',
      text: 'SELECT post_calls($1, $2::jsonb) AS result',
      values: [processId, JSON.stringify(batch.map(({ close }) => close))],
    });
    const result = rows[0]?.result;
    if (!result) return;
    if (result.overruns > 0) {
      this.logger.error(`${result.overruns} times a call cost more than was set aside (overrun)`);
    }
    await this.estimates.add(result.estimates);
  }
}
