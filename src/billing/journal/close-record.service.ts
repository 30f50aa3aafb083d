import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import type { CloseRecord } from './journal-record.js';
import { JournalWriter } from './journal.writer.js';

/** Writes the ends of calls: to the journal, and where the disk takes nothing, to the ledger itself. */
@Injectable()
export class CloseRecordService {
  private readonly logger = new Logger(CloseRecordService.name);

  constructor(
    private readonly journal: JournalWriter,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Resolves once the record outlives this process. The poster finds nothing left to do for a call that was posted
   * here: its key is taken.
   * @throws GatewayError ledger_unavailable if neither the disk nor the database takes it
   */
  async write(record: CloseRecord): Promise<void> {
    try {
      await this.journal.append(record);
    } catch (refusal) {
      await this.post(record).catch((error: unknown) => {
        this.logger.error(`${record.call} could not be recorded: ${String(error)}`);
        throw refusal;
      });
    }
  }

  private async post(record: CloseRecord): Promise<void> {
    await this.database.pool.query('SELECT post_calls($1, $2::jsonb)', [
      this.journal.processId,
      JSON.stringify([record]),
    ]);
  }
}
