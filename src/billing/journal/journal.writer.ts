import {
  close,
  closeSync,
  fdatasync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { nextUlid } from '../../platform/ulid.adapter.js';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../../platform/env.js';
import { LineEncoder } from './journal-line.js';
import type { JournalRecord } from './journal-record.js';
import { JournalLag } from './journal-lag.js';
import { machineOf } from './machine.adapter.js';
import { readPosted } from './posted-mark.adapter.js';
import { holdWriterLock, type WriterLock } from './writer-lock.adapter.js';

const PROBE = 'probe';
const PROBE_BYTES = 4_096;
/** After so many bytes a new file begins, which costs as much CPU as the records of some fifty calls. */
export const SEGMENT_BYTES = 1024 * 1024;
/** A record that comes so long after the last write is written at once: hardly any other could go with it. */
const QUIET_MS = 5;
/** Power loss may take as much as this; kill -9 takes nothing. */
const SYNC_EVERY_MS = 50;

/** How the name of a journal folder begins that its writer does not hold yet. */
export const HIDDEN = '.';

const LINE_FEED = 10;

/** Why a write stopped, and after how many whole lines. */
interface WriteFailure {
  readonly error: unknown;
  readonly lines: number;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly resolve: () => void;
  readonly reject: (error: GatewayError) => void;
}

/** The name of a segment; they sort in the order in which they were written. */
export function segmentName(number: number): string {
  return `${number.toString().padStart(10, '0')}.journal`;
}

/**
 * The journal of this process: append-only segments in a folder of its own. Under load the records that wait are
 * written once per turn of the event loop; what was written outlives kill -9, a sync for power loss follows later.
 */
@Injectable()
export class JournalWriter implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(JournalWriter.name);
  /** The id under which this process leases: the name of its journal's folder. */
  readonly processId = nextUlid();
  private readonly root: string;
  private readonly folder: string;
  private waiting: Waiting[] = [];
  private readonly lines = new LineEncoder();
  private sequence = 0;
  private segment = 0;
  private file: number | undefined;
  private size = 0;
  private lock: WriterLock | undefined;
  private readonly lag = new JournalLag();
  /** Whether the disk took the newest records. */
  private failing = false;
  /** When records were written last, on the monotonic clock, ms. */
  private flushedAt = -Infinity;
  private syncing = false;
  private dirty = false;

  constructor(private readonly environment: Environment) {
    this.root = join(environment.DATA_DIR, 'journal');
    this.folder = join(this.root, this.processId);
  }

  /** Whose disk this journal is on, as the database knows it. */
  get machine(): string {
    return machineOf(this.environment.DATA_DIR);
  }

  /** The poster buries a folder that nobody holds, so it gets to see ours only once we hold it. */
  async onModuleInit(): Promise<void> {
    const hidden = join(this.root, `${HIDDEN}${this.processId}`);
    mkdirSync(hidden, { recursive: true, mode: 0o700 });
    this.lock = await holdWriterLock(hidden);
    renameSync(hidden, this.folder);
    this.rotate();
  }

  /**
   * Resolves once the record is in the file.
   * @throws GatewayError ledger_unavailable if the disk does not take it; no reader will find it.
   */
  append(record: JournalRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ record, resolve, reject });
      if (this.waiting.length > 1) return;
      if (performance.now() - this.flushedAt > QUIET_MS) this.flush();
      else setImmediate(() => this.flush());
    });
  }

  /** Resolves while the disk takes records; after it refused some, once it takes bytes again. @throws what it refuses with */
  check(): Promise<void> {
    if (!this.failing) return Promise.resolve();
    const probe = join(this.folder, PROBE);
    return writeFile(probe, Buffer.alloc(PROBE_BYTES)).then(() => {
      this.failing = false;
      return rm(probe);
    });
  }

  /** How long the oldest record that is not in the database yet has waited, ms. */
  lagMs(): number {
    return this.lag.read(readPosted(this.folder), this.sequence, performance.now());
  }

  async onApplicationShutdown(): Promise<void> {
    this.flush();
    if (this.file !== undefined) {
      fdatasyncSync(this.file);
      closeSync(this.file);
    }
    this.file = undefined;
    await this.lock?.release();
  }

  private flush(): void {
    const batch = this.waiting;
    if (batch.length === 0) return;
    this.waiting = [];
    let sequence = this.sequence;
    for (const { record } of batch) this.lines.add(++sequence, record);
    const failure = this.write(this.lines.take());
    const taken = failure ? failure.lines : batch.length;
    this.flushedAt = performance.now();
    if (taken > 0) {
      this.sequence += taken;
      this.lag.wrote(this.sequence, this.flushedAt);
      this.syncLater();
    }
    for (let at = 0; at < taken; at++) batch[at]?.resolve();
    this.failing = failure !== undefined;
    if (failure) this.refuse(batch.slice(taken), failure.error);
  }

  private refuse(batch: readonly Waiting[], error: unknown): void {
    const refusal = new GatewayError('ledger_unavailable', {
      detail: `journal: ${String(error)}`,
      retryAfterSeconds: 1,
    });
    this.logger.error(refusal.detail);
    for (const { reject } of batch) reject(refusal);
  }

  /**
   * Writes whole lines. Nothing is taken back when the disk takes only a part, for the poster may have read it
   * already: the lines that are whole stand, and what follows half a line goes to a new segment.
   */
  private write(bytes: Buffer): WriteFailure | undefined {
    let written = 0;
    try {
      if (this.size >= SEGMENT_BYTES) this.rotate();
      if (this.file === undefined) throw new Error('the journal is closed');
      while (written < bytes.length) written += writeSync(this.file, bytes, written);
      this.size += written;
      return undefined;
    } catch (error) {
      const isTorn = written > 0 && bytes[written - 1] !== LINE_FEED;
      this.size = isTorn ? SEGMENT_BYTES : this.size + written;
      return { error, lines: countLines(bytes.subarray(0, written)) };
    }
  }

  private rotate(): void {
    const next = openSync(join(this.folder, segmentName(this.segment + 1)), 'ax', 0o600);
    if (this.file !== undefined) retire(this.file);
    this.segment += 1;
    this.file = next;
    this.size = 0;
  }

  /**
   * Many writes go with one sync, some time after the first of them: the thread that syncs would be in the way of the
   * answer that waits for the write, for an eighth of a millisecond where one core has to do.
   */
  private syncLater(): void {
    this.dirty = true;
    if (this.syncing) return;
    this.syncing = true;
    setTimeout(() => this.sync(), SYNC_EVERY_MS).unref();
  }

  private sync(): void {
    if (this.file === undefined) return;
    this.dirty = false;
    fdatasync(this.file, () => {
      this.syncing = false;
      if (this.dirty) this.syncLater();
    });
  }
}

/** A segment that is full is synced once more, for what came since the last time, and closed. */
function retire(file: number): void {
  fdatasync(file, () => close(file, () => undefined));
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (const byte of bytes) if (byte === LINE_FEED) lines++;
  return lines;
}
