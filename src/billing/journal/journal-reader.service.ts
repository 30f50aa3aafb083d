import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../../platform/env.js';
import { fencedUse } from './fenced-use.js';
import type { ClosedCall } from './journal-state.js';
import { HIDDEN } from './journal.writer.js';
import { PostingService, type Posting } from './posting.service.js';
import { ProcessEndsService, type ExpiredProcess } from './process-ends.service.js';
import { WriterTail } from './writer-tail.adapter.js';

const LIVENESS_MS = 500;
/** Of a writer that lives, in one round: about a mebibyte each. */
const READS_A_ROUND = 8;
/** A reading that found fewer is the last of the round: what comes meanwhile is posted together in the next one. */
const MANY = 100;
/** How often it is said of a journal that it cannot be worked on. */
const COMPLAIN_MS = 30_000;

/** A process whose journal is followed. */
interface Writer {
  readonly tail: WriterTail;
  /** The journal's last record when it was fenced. */
  fencedSequence: number | undefined;
  /** When it was last asked whether it lives. */
  checkedAt: number;
  /** It is dead, and all of it is posted. */
  isSettled: boolean;
}

/**
 * Reads and posts the journals of this machine: every close once. Living and dead writers are read alike; what a dead
 * one left open is closed as an estimate, and only then is its process ended and its journal removed.
 */
@Injectable()
export class JournalReader {
  private readonly logger = new Logger(JournalReader.name);
  private readonly root: string;
  private readonly replayMs: number;
  private readonly writers = new Map<string, Writer>();
  /** Of journals that cannot be worked on: until when nothing more is said. */
  private readonly silentUntil = new Map<string, number>();

  constructor(
    environment: Environment,
    private readonly posting: PostingService,
    private readonly ends: ProcessEndsService,
  ) {
    this.root = join(environment.DATA_DIR, 'journal');
    this.replayMs = environment.JOURNAL_REPLAY_SECONDS * 1_000;
  }

  /** Posts what is new of every writer; gives how many calls that were. `posted` is told after each batch. */
  async round(posted: () => void): Promise<number> {
    let count = 0;
    for (const name of this.names()) {
      try {
        count += await this.postWriter(await this.follow(name), posted);
      } catch (error) {
        if (!isOfFile(error)) throw error;
        this.complain(name, error);
      }
    }
    return count;
  }

  /** A writer that goes on writing must not keep the others waiting: of one that lives so much a round and no more. */
  private async postWriter(writer: Writer, posted: () => void): Promise<number> {
    const isDead = await this.seemsDead(writer);
    const count = isDead ? await this.drain(writer, posted) : await this.visit(writer, posted);
    return isDead ? count + (await this.bury(writer, posted)) : count;
  }

  /** What is wrong with one journal is no matter of the others. */
  private complain(name: string, error: Error): void {
    const now = performance.now();
    if (now < (this.silentUntil.get(name) ?? 0)) return;
    this.silentUntil.set(name, now + COMPLAIN_MS);
    this.logger.error(`the journal ${name} is left as it is: ${error.message}`);
  }

  /**
   * The database was away. Where it may have forgotten what it had confirmed, for a standby took over, everything that
   * is still there is read and posted again.
   */
  startOver(): void {
    if (this.replayMs > 0) this.writers.clear();
  }

  /**
   * A process of this machine has missed its deadline. Where it lives it is fenced, and keeps what its open calls need:
   * its journal was read behind the deadline, so what is not open there was not sent to any provider. Without a journal
   * nothing of it can come any more.
   */
  async expire(process: ExpiredProcess): Promise<void> {
    if (!this.names().includes(process.id)) return this.ends.endDead(process.id);
    const writer = await this.follow(process.id);
    await this.drain(writer, () => undefined);
    const { tail } = writer;
    const isFenced = await this.ends.fence(process, tail.openHolds(), tail.lastSequence);
    if (isFenced) writer.fencedSequence = tail.lastSequence;
  }

  private names(): string[] {
    return readdirSync(this.root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith(HIDDEN))
      .map(({ name }) => name);
  }

  private async follow(name: string): Promise<Writer> {
    const known = this.writers.get(name);
    if (known) return known;
    const fencedSequence = await this.ends.fencedSequence(name);
    const tail = new WriterTail(join(this.root, name), this.replayMs);
    const writer = { tail, fencedSequence, checkedAt: -Infinity, isSettled: false };
    this.writers.set(name, writer);
    return writer;
  }

  /** Asked before the journal is read: who was dead then has written nothing since. */
  private async seemsDead(writer: Writer): Promise<boolean> {
    const now = performance.now();
    if (now - writer.checkedAt < LIVENESS_MS) return false;
    writer.checkedAt = now;
    return !(await writer.tail.isAlive());
  }

  /** Posts what a living writer has written, as much as a round may take. */
  private async visit(writer: Writer, posted: () => void): Promise<number> {
    let count = 0;
    for (let reading = 0; reading < READS_A_ROUND; reading++) {
      const found = await this.postNext(writer, posted);
      count += found;
      if (found < MANY) break;
    }
    return count;
  }

  /** Posts all that is new. */
  private async drain(writer: Writer, posted: () => void): Promise<number> {
    let count = 0;
    for (;;) {
      const found = await this.postNext(writer, posted);
      if (found === 0) return count;
      count += found;
    }
  }

  /** Posts what one reading finds, and gives how many calls that were: none only at the end. */
  private async postNext(writer: Writer, posted: () => void): Promise<number> {
    const { tail } = writer;
    const { closes, damaged, gaps } = tail.read();
    for (const line of damaged)
      await this.posting.reject('damaged', tail.folder, line, 'the checksum of the line is wrong');
    for (const { from, to } of gaps)
      await this.posting.reject('gap', tail.folder, `${from}-${to}`, 'records are missing');
    await this.post(writer, closes, posted);
    tail.posted();
    return closes.length;
  }

  /** All that a dead writer wrote is posted. */
  private async bury(writer: Writer, posted: () => void): Promise<number> {
    const { tail } = writer;
    const abandoned = writer.isSettled ? [] : tail.abandoned(Date.now());
    if (!writer.isSettled) {
      await this.post(writer, abandoned, posted);
      await this.ends.endDead(tail.processId);
      writer.isSettled = true;
    }
    if (abandoned.length > 0)
      this.logger.warn(`${abandoned.length} calls of a process that died were closed as estimates`);
    if (tail.remove()) this.writers.delete(tail.processId);
    return abandoned.length;
  }

  private async post(
    { tail, fencedSequence }: Writer,
    closes: readonly ClosedCall[],
    posted: () => void,
  ): Promise<void> {
    const postings = closes.map((closed) => postingOf(closed, fencedSequence));
    const suspect = await this.posting.post(tail.processId, tail.folder, postings, posted);
    for (const segment of suspect) tail.suspectSegment(segment);
  }
}

const OF_FILES: ReadonlySet<string> = new Set(
  'EACCES EBUSY EIO EISDIR ENOENT ENOSPC ENOTDIR ENOTEMPTY EPERM EROFS'.split(' '),
);

/** An error of the file system; those of connections stop the round. */
function isOfFile(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code !== undefined && OF_FILES.has(code) && syscall !== 'connect';
}

function postingOf(closed: ClosedCall, fencedSequence: number | undefined): Posting {
  const { close, segment } = closed;
  if (fencedSequence === undefined) return { close, segment };
  return { close: { ...close, quotas: fencedUse(closed, fencedSequence) }, segment };
}
