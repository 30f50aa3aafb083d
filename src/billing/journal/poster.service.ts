import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Environment } from '../../platform/env.js';
import { JournalReader } from './journal-reader.service.js';
import { machineOf } from './machine.adapter.js';
import { OutageWatch } from './outage-watch.js';
import { ProcessEndsService } from './process-ends.service.js';
import { holdWriterLock, type WriterLock } from './writer-lock.adapter.js';

/** Between two rounds: what comes meanwhile is posted together, which costs the database a fraction. */
const IDLE_MS = 150;
/** A round that posted so many is followed by the next at once. */
const BUSY = 500;
const RETRY_MS = 500;
const LOCK_RETRY_MS = 250;
/** How often processes that missed their deadline, and what other machines left, are looked for. */
const EXPIRY_MS = 2_000;
const SWEEP_MS = 10_000;
/** After the database was away everybody is heard of again before anybody is taken for gone. */
const OUTAGE_REST_MS = 15_000;

/**
 * Posts the journals of this machine, in rounds, and ends the processes that wrote them when they are dead or have
 * missed their deadline. One poster per machine, held by a lock.
 */
@Injectable()
export class PosterService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PosterService.name);
  private readonly root: string;
  private readonly outage = new OutageWatch(OUTAGE_REST_MS);
  private lock: WriterLock | undefined;
  private stopping = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();
  private progressedAt = performance.now();
  private heardAt = performance.now();
  private nextExpiry = 0;
  private nextSweep = 0;

  constructor(
    private readonly environment: Environment,
    private readonly journals: JournalReader,
    private readonly ends: ProcessEndsService,
  ) {
    this.root = join(environment.DATA_DIR, 'journal');
  }

  onApplicationBootstrap(): void {
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    this.progressed();
    this.running = this.run();
  }

  /** Posts what is there, then stops. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
    await this.lock?.release();
  }

  /**
   * How long nothing was posted, nor seen that there is nothing to post; and how long not even an error came, ms.
   */
  standstill(): { readonly stalledMs: number; readonly silentMs: number } {
    const now = performance.now();
    return { stalledMs: now - this.progressedAt, silentMs: now - this.heardAt };
  }

  private async run(): Promise<void> {
    while (!this.lock && !this.stopping) {
      this.lock = await holdWriterLock(this.root).catch(() => undefined);
      this.progressed();
      if (!this.lock) await this.pause(LOCK_RETRY_MS);
    }
    if (!this.lock) return;
    for (;;) {
      const last = this.stopping;
      let posted = 0;
      try {
        posted = await this.journals.round(() => this.progressed());
        await this.look();
        this.progressed();
      } catch (error) {
        this.failed(error);
        if (last) return;
        await this.pause(RETRY_MS);
        continue;
      }
      if (posted >= BUSY) continue;
      if (last) return;
      await this.pause(IDLE_MS);
    }
  }

  private progressed(): void {
    this.progressedAt = performance.now();
    this.heardAt = this.progressedAt;
  }

  private failed(error: unknown): void {
    this.heardAt = performance.now();
    this.outage.failed();
    this.journals.startOver();
    this.logger.error(
      `posting failed, trying again: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  /** Now and then: who has missed the deadline, and what is left of machines that are gone. */
  private async look(): Promise<void> {
    const now = performance.now();
    if (now < this.nextExpiry) return;
    this.nextExpiry = now + EXPIRY_MS;
    const machine = machineOf(this.environment.DATA_DIR);
    const expired = await this.ends.expired(machine);
    this.outage.answered(now);
    if (!this.outage.isOver(now)) return;
    for (const process of expired) await this.journals.expire(process);
    if (now < this.nextSweep) return;
    this.nextSweep = now + SWEEP_MS;
    await this.ends.sweep(machine);
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
