import { Injectable, Logger } from '@nestjs/common';
import pg from 'pg';
import { Deadlines } from '../../platform/deadlines.adapter.js';
import { Environment } from '../../platform/env.js';
import { everyOrganization } from '../../platform/gateway-connection.js';
import type { LeaseRequest } from './lease-turn.js';
import type { FencedAnswer, LeaseAnswer } from './quota.js';

/** How long Postgres lets a process spend what it leased without hearing from it, ms. */
export const LEASE_MS = 60_000;

const CONNECT_MS = 1_500;
/** Postgres gives a statement up after so long; whoever waits for it somewhat later. */
const STATEMENT_MS = 2_500;
const ANSWER_MS = 3_000;
const PAUSE_MS = 100;

/** An answer, and when it was asked for. */
export interface LeaseReply {
  readonly answer: LeaseAnswer | FencedAnswer;
  /** When the statement was sent for the first time, and the time that was answered; ms of the monotonic clock. */
  readonly firstSentAt: number;
  readonly sentAt: number;
}

/**
 * Leases from Postgres, one statement at a time, on a connection of its own. Statements are numbered; one that was not
 * answered is sent again with its number until it is, which gives the same answer and does nothing twice.
 */
@Injectable()
export class LeaseClient {
  private readonly logger = new Logger(LeaseClient.name);
  private readonly pool: pg.Pool;
  private readonly deadlines = new Deadlines(ANSWER_MS);
  private operation = 0;
  private closing: Promise<void> | undefined;

  constructor(environment: Environment) {
    this.pool = new pg.Pool({
      connectionString: everyOrganization(environment.DATABASE_URL),
      max: 1,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      lock_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: 1_000,
    });
    this.pool.on('error', (error) => this.logger.warn(`lease connection lost: ${error.message}`));
    // Whoever waits for an answer hears of it there; without a listener it would end the process.
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Makes the process known to Postgres; its journal must exist. Resolves when that is done. */
  async register(processId: string, machine: string): Promise<void> {
    await this.untilAnswered({
      name: 'register-process',
      text: 'SELECT register_process($1, $2, $3) AS answer',
      values: [processId, machine, LEASE_MS],
    });
  }

  /** Heartbeat, returns and grants. Resolves with the answer, however long that takes. */
  async operate(
    processId: string,
    { returns, needs, wants }: LeaseRequest,
  ): Promise<LeaseReply | undefined> {
    this.operation++;
    const json = [returns, needs, wants].map((part) => JSON.stringify(part));
    return this.untilAnswered({
      name: 'lease-operation',
      text: 'SELECT lease_operation($1, $2, $3, $4::jsonb, $5::jsonb, $6::jsonb, true) AS answer',
      values: [processId, this.operation, LEASE_MS, ...json],
    });
  }

  /** Gives up what is not answered yet, and closes the connection. */
  close(): Promise<void> {
    return (this.closing ??= this.pool.end());
  }

  private async untilAnswered(statement: pg.QueryConfig): Promise<LeaseReply | undefined> {
    const firstSentAt = performance.now();
    let failures = 0;
    while (!this.closing) {
      const sentAt = performance.now();
      try {
        const answer = await this.answerTo(statement);
        if (failures > 0) this.logger.log('lease statements are answered again');
        return { answer, firstSentAt, sentAt };
      } catch (error) {
        if (failures++ === 0) this.logger.warn(`a lease statement has no answer: ${String(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return undefined;
  }

  /**
   * Waits for an answer at most so long, and gives up the connection then. With `query_timeout` pg would do so too, but
   * what it keeps of a statement makes garbage of the next one old (docs/decisions/0031).
   */
  private async answerTo(statement: pg.QueryConfig): Promise<LeaseReply['answer']> {
    const client = await this.pool.connect();
    return new Promise((resolve, reject) => {
      const query = { ...statement, rowMode: 'array' } as const;
      let isOver = false;
      const end = (error: Error | null, rows: [LeaseReply['answer']][] = []): void => {
        if (isOver) return;
        isOver = true;
        this.deadlines.met(deadline);
        client.release(error ?? undefined);
        const [row] = rows;
        if (row) resolve(row[0]);
        else reject(error ?? new Error('it has no rows'));
      };
      const deadline = this.deadlines.begin(() => end(new Error(`none in ${ANSWER_MS} ms`)));
      client.query<[LeaseReply['answer']]>(query, (error: Error | null, result) => {
        if (error) end(error);
        else end(null, result.rows);
      });
    });
  }
}
