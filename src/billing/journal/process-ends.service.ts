import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import type { HoldEntry } from '../quota/quota.js';

/** Beyond its deadline a process of this machine is fenced. */
const GRACE_MS = 1_000;
/** Beyond their deadline processes of other machines are put into quarantine. */
const QUARANTINE_AFTER_MS = 30_000;
/** A fenced process ends its calls; after the longest call and an hour its machine must be gone. */
const LONGEST_MS = 70 * 60_000;
const FORGET_AFTER_DAYS = 7;

/** A process whose deadline has passed. */
export interface ExpiredProcess {
  readonly id: string;
  /** As the database wrote it: to the microsecond. */
  readonly deadline: string;
}

/** Ends processes in the database: what they leased is released, unless their calls still need it. */
@Injectable()
export class ProcessEndsService {
  private readonly logger = new Logger(ProcessEndsService.name);

  constructor(private readonly database: DatabaseService) {}

  /** The journal's last record when a process was fenced; undefined where it was not. */
  async fencedSequence(processId: string): Promise<number | undefined> {
    const { rows } = await this.database.pool.query<{ fenced_sequence: string | null }>(
      'SELECT fenced_sequence FROM process WHERE id = $1',
      [processId],
    );
    const sequence = rows[0]?.fenced_sequence;
    return sequence === undefined || sequence === null ? undefined : Number(sequence);
  }

  /** The processes of this machine whose deadline has passed. */
  async expired(machine: string): Promise<ExpiredProcess[]> {
    const { rows } = await this.database.pool.query<ExpiredProcess>(
      `SELECT id, deadline::text AS deadline FROM process
       WHERE machine_of(machine) = machine_of($1) AND state IN ('alive', 'quarantined')
         AND deadline < clock_timestamp() - $2 * interval '1 ms'`,
      [machine, GRACE_MS],
    );
    return rows;
  }

  /** The kernel has released its journal's lock, and all of its journal is posted. */
  async endDead(processId: string): Promise<void> {
    await this.database.pool.query(`SELECT end_process($1, 'dead', NULL, '[]', NULL)`, [processId]);
  }

  /**
   * It lives, its deadline has passed, and its journal was read and posted since. True where it was fenced; false where
   * it has been heard of in the meantime.
   */
  async fence(
    { id, deadline }: ExpiredProcess,
    keep: readonly HoldEntry[],
    sequence: number,
  ): Promise<boolean> {
    const holds = keep.map(([quota, period, hold]) => [quota, period, hold]);
    const { rows } = await this.database.pool.query<{ released: unknown }>(
      `SELECT end_process($1, 'fenced', $2::timestamptz, $3::jsonb, $4) AS released`,
      [id, deadline, JSON.stringify(holds), sequence],
    );
    const isFenced = rows[0]?.released !== null;
    if (isFenced) this.logger.error(`process ${id} missed its deadline and was fenced`);
    return isFenced;
  }

  /** What other machines have left behind, and what nobody has come back for. */
  async sweep(machine: string): Promise<void> {
    const { pool } = this.database;
    const gone = await pool.query<{ machine: string }>(
      'SELECT quarantine_processes($1, $2, $3) AS machine',
      [machine, QUARANTINE_AFTER_MS, LONGEST_MS],
    );
    for (const { machine: name } of gone.rows)
      this.logger.error(`machine ${name} is gone; what its processes leased is in quarantine`);
    const released = await pool.query<{ process_id: string; machine: string; released: unknown }>(
      'SELECT * FROM release_quarantine(NULL, $1)',
      [LONGEST_MS],
    );
    for (const row of released.rows)
      this.logger.error(
        `released from quarantine of process ${row.process_id} on ${row.machine}: ${JSON.stringify(row.released)}`,
      );
    await pool.query('SELECT free_stale_holds($1)', [LONGEST_MS]);
    await pool.query(
      `DELETE FROM process WHERE state = 'dead' AND ended_at < clock_timestamp() - make_interval(days => $1)`,
      [FORGET_AFTER_DAYS],
    );
  }
}
