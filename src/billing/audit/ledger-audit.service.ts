import { Injectable, Logger } from '@nestjs/common';
import type pg from 'pg';
import { ID_PREFIX } from '../../core/ids.js';
import { DatabaseService } from '../../platform/database.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';
import type { AuditResult, Invariant, Violation } from './invariant.js';
import { INVARIANTS } from './invariants.js';
import { RecomputeService } from './recompute.service.js';

export type AuditScope = 'incremental' | 'full';

/** What an audit came to. */
export interface AuditReport {
  readonly id: string;
  readonly scope: AuditScope;
  /** Rows of all queries. */
  readonly violations: number;
  /** Queries that did not come to an end. */
  readonly failures: number;
  readonly results: readonly AuditResult[];
}

const EVERYTHING = '-infinity';
const EXAMPLES = 20;
const TIME_LIMIT: Readonly<Record<AuditScope, string>> = { incremental: '2min', full: '1h' };
/** For a transaction: at most $1 for a statement, and joins without an index are hashed (see `Invariant.sql`). */
export const AUDIT_SETTINGS = `
  SELECT set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', '1min', true),
    set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`;
/** For books that were never looked at, all is new. */
const CHECKPOINT = `SELECT coalesce(max(until), '-infinity')::text AS since FROM audit_checkpoint`;
const FORGET_AFTER_DAYS = 30;

/** Asks of the books whether all holds that must hold. It only reads them, and each query sees one moment. */
@Injectable()
export class LedgerAuditService {
  private readonly logger = new Logger(LedgerAuditService.name);

  constructor(
    private readonly database: DatabaseService,
    private readonly recompute: RecomputeService,
  ) {}

  /**
   * Looks at all books, or at what is new since the last audit; keeps what it found, and says it at error level. A run in
   * which a query failed moves no checkpoint, so that what it did not see is looked at again.
   */
  async run(scope: AuditScope): Promise<AuditReport> {
    const watermark = await this.recordedUntil();
    const since = scope === 'full' ? EVERYTHING : await sinceCheckpoint(this.database.pool);
    const results: AuditResult[] = [];
    for (const invariant of INVARIANTS) results.push(await this.ask(invariant, scope));
    const report: AuditReport = {
      id: `${ID_PREFIX.auditRun}${nextUlid()}`,
      scope,
      violations: results.reduce((sum, { rows }) => sum + rows, 0),
      failures: results.filter(({ error }) => error !== null).length,
      results,
    };
    await this.keep(report, since, watermark);
    for (const result of results) this.tell(result);
    if (report.failures === 0) await this.advance(watermark, scope);
    return report;
  }

  private async ask({ id, meaning, sql }: Invariant, scope: AuditScope): Promise<AuditResult> {
    const found: Violation[] = [];
    let failure: string | null = null;
    try {
      await this.within('REPEATABLE READ READ ONLY', scope, async (client) => {
        // Of the moment that the query sees: another audit may move the checkpoint meanwhile.
        const since = scope === 'full' ? EVERYTHING : await sinceCheckpoint(client);
        const { rows } = await client.query<Violation>(sql, [since]);
        found.push(...rows);
        if (id === 'I7') found.push(...(await this.recompute.run(client, since)));
      });
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    const examples = found.slice(0, EXAMPLES);
    return { invariant: id, meaning, rows: found.length, examples, error: failure };
  }

  private async within(
    mode: 'READ COMMITTED' | 'REPEATABLE READ READ ONLY',
    scope: AuditScope,
    work: (client: pg.PoolClient) => Promise<void>,
  ): Promise<void> {
    const client = await this.database.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`BEGIN TRANSACTION ISOLATION LEVEL ${mode}`);
      await client.query(AUDIT_SETTINGS, [TIME_LIMIT[scope]]);
      await work(client);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async recordedUntil(): Promise<string> {
    const { rows } = await this.database.pool.query<{ moment: string }>(
      'SELECT recorded_until()::text AS moment',
    );
    return rows[0]?.moment ?? EVERYTHING;
  }

  /** A full audit adds everything up again, so that nothing that is wrong in the sums stays there. */
  private advance(watermark: string, scope: AuditScope): Promise<void> {
    return this.within('READ COMMITTED', scope, async (client) => {
      await client.query('SELECT advance_audit($1, $2)', [watermark, scope === 'full']);
    });
  }

  private async keep(report: AuditReport, since: string, watermark: string): Promise<void> {
    const { id, scope, violations, failures, results } = report;
    await this.database.pool.query(
      `INSERT INTO audit_run (id, scope, since, watermark, violations, failures, results)
       VALUES ($1, $2, nullif($3::timestamptz, '-infinity'), $4, $5, $6, $7)`,
      [id, scope, since, watermark, violations, failures, JSON.stringify(results)],
    );
    await this.database.pool.query(
      `DELETE FROM audit_run WHERE scope = 'incremental' AND violations = 0 AND failures = 0
         AND created_at < clock_timestamp() - make_interval(days => $1)`,
      [FORGET_AFTER_DAYS],
    );
  }

  private tell({ invariant, meaning, rows, examples, error }: AuditResult): void {
    if (error !== null) this.logger.error(`audit ${invariant} did not come to an end: ${error}`);
    if (rows === 0) return;
    const first = examples.map(({ subject, detail }) => `${subject} ${detail}`).join('; ');
    this.logger.error(`audit ${invariant} is broken ${rows} times (${meaning}): ${first}`);
  }
}

async function sinceCheckpoint(client: pg.Pool | pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ since: string }>(CHECKPOINT);
  return rows[0]?.since ?? EVERYTHING;
}
