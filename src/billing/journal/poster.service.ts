import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { Environment } from '../../platform/env.js';
import { EstimateQueue } from '../reconciliation/estimate-queue.service.js';
import type { CloseRecord } from './journal-record.js';
import { HIDDEN } from './journal.writer.js';
import { holdWriterLock, type WriterLock } from './writer-lock.adapter.js';
import { WriterTail } from './writer-tail.adapter.js';

const BATCH = 1_000;
const IDLE_MS = 50;
const RETRY_MS = 500;
const LOCK_RETRY_MS = 250;
const LIVENESS_MS = 500;

/** SQLSTATE classes that blame the data, not the moment: data exception, integrity, raised by a function. */
const DATA_ERROR = /^(22|23|P0)/;

/**
 * Posts the journals of this machine: every close once, in batches. Living and dead writers are read alike; what a
 * dead one left open is closed as an estimate. One poster per machine, held by a lock.
 */
@Injectable()
export class PosterService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PosterService.name);
  private readonly root: string;
  private readonly tails = new Map<string, WriterTail>();
  private readonly checkedAt = new Map<string, number>();
  private lock: WriterLock | undefined;
  private stopping = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    environment: Environment,
    private readonly database: DatabaseService,
    private readonly estimates: EstimateQueue,
  ) {
    this.root = join(environment.DATA_DIR, 'journal');
  }

  onApplicationBootstrap(): void {
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    this.running = this.run();
  }

  /** Posts what is there, then stops. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
    await this.lock?.release();
  }

  private async run(): Promise<void> {
    while (!this.lock && !this.stopping) {
      this.lock = await holdWriterLock(this.root).catch(() => undefined);
      if (!this.lock) await this.pause(LOCK_RETRY_MS);
    }
    if (!this.lock) return;
    for (;;) {
      const last = this.stopping;
      let posted = 0;
      try {
        posted = await this.round();
      } catch (error) {
        this.logger.error(
          `posting failed, trying again: ${error instanceof Error ? error.message : String(error)}`,
        );
        if (last) return;
        await this.pause(RETRY_MS);
        continue;
      }
      if (posted > 0) continue;
      if (last) return;
      await this.pause(IDLE_MS);
    }
  }

  /** Reads and posts what is new of every writer; gives how many calls that were. */
  private async round(): Promise<number> {
    let posted = 0;
    for (const entry of readdirSync(this.root, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name.startsWith(HIDDEN)) continue;
      const tail = this.tails.get(entry.name) ?? new WriterTail(join(this.root, entry.name));
      this.tails.set(entry.name, tail);
      const isDead = await this.seemsDead(entry.name, tail);
      posted += await this.drain(tail);
      if (isDead) posted += await this.bury(entry.name, tail);
    }
    return posted;
  }

  /** Asked before the journal is read: who was dead then has written nothing since. */
  private async seemsDead(name: string, tail: WriterTail): Promise<boolean> {
    const now = performance.now();
    if (now - (this.checkedAt.get(name) ?? -Infinity) < LIVENESS_MS) return false;
    this.checkedAt.set(name, now);
    return !(await tail.isAlive());
  }

  private async drain(tail: WriterTail): Promise<number> {
    let posted = 0;
    for (;;) {
      const { closes, damaged } = tail.read();
      for (const line of damaged)
        await this.reject(tail.folder, line, 'the checksum of the line is wrong');
      await this.post(closes, tail.folder);
      tail.posted();
      posted += closes.length;
      if (closes.length === 0) return posted;
    }
  }

  private async bury(name: string, tail: WriterTail): Promise<number> {
    const abandoned = tail.abandoned(Date.now());
    await this.post(abandoned, tail.folder);
    tail.remove();
    this.tails.delete(name);
    this.checkedAt.delete(name);
    if (abandoned.length > 0)
      this.logger.warn(`${abandoned.length} calls of a process that died were closed as estimates`);
    return abandoned.length;
  }

  private async post(closes: readonly CloseRecord[], segment: string): Promise<void> {
    for (let start = 0; start < closes.length; start += BATCH) {
      await this.postBatch(closes.slice(start, start + BATCH), segment);
    }
  }

  /** A batch that the database refuses is halved until the bad record stands alone, and is set aside. */
  private async postBatch(batch: readonly CloseRecord[], segment: string): Promise<void> {
    const [first] = batch;
    if (!first) return;
    try {
      const { rows } = await this.database.pool.query<{ post_calls: string }>({
        name: 'post-calls',
        text: 'SELECT post_calls($1::jsonb)',
        values: [JSON.stringify(batch)],
      });
      await this.estimates.add(rows.map((row) => row.post_calls));
    } catch (error) {
      if (!DATA_ERROR.test((error as { code?: string }).code ?? '')) throw error;
      if (batch.length === 1) return this.reject(segment, JSON.stringify(first), String(error));
      const middle = Math.ceil(batch.length / 2);
      await this.postBatch(batch.slice(0, middle), segment);
      await this.postBatch(batch.slice(middle), segment);
    }
  }

  private async reject(segment: string, record: string, reason: string): Promise<void> {
    this.logger.error(`a journal record was set aside in poster_reject: ${reason}`);
    await this.database.pool.query(
      'INSERT INTO poster_reject (segment, record, error) VALUES ($1, $2, $3)',
      [segment, record, reason],
    );
  }

  private pause(milliseconds: number): Promise<void> {
    if (this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
