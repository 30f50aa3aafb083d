import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { SecretBoxService } from '../../platform/secrets/secret-box.service.js';
import { MetricsService } from '../../platform/telemetry/metrics.service.js';
import { bodyContext, bodyText, type CallContent } from './kept-body.js';

/** What may wait to be written, in bytes and in bodies; what comes on top is lost. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const MAX_WAITING = 2_000;
/** What is written at a time. */
const BATCH = 32;
const BATCH_BYTES = 8 * 1024 * 1024;
const DELAY_MS = 100;
const RETRY_MS = 1_000;

/** Which call a content is of. */
export interface BodyOwner {
  readonly callId: string;
  readonly organizationId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

interface Waiting extends BodyOwner {
  readonly text: string;
}

/**
 * Keeps the content of calls, sealed, of organizations that want it. It is written behind the call, in batches, and
 * held in memory alone until then. Losing some loses no money; it is counted.
 */
@Injectable()
export class BodyStore implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(BodyStore.name);
  private waiting: Waiting[] = [];
  private bytes = 0;
  private lost = 0;
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly secrets: SecretBoxService,
    private readonly metrics: MetricsService,
  ) {}

  onModuleInit(): void {
    const help = 'Contents of calls that were to be kept and are lost';
    this.metrics.counter('osm_bodies_lost_total', help, () => this.lost);
  }

  /** Takes the content of a call that has ended. Never throws and never waits. */
  keep(owner: BodyOwner, content: CallContent): void {
    const text = bodyText(content);
    if (this.waiting.length >= MAX_WAITING || this.bytes + text.length > MAX_WAITING_BYTES) {
      this.lose(1, 'too many wait');
      return;
    }
    this.waiting.push({ ...owner, text });
    this.bytes += text.length;
    this.schedule(DELAY_MS);
  }

  /** Writes what waits; what cannot be written now is lost. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.writing;
    while (this.waiting.length > 0) {
      const isWritten = await this.write();
      if (isWritten) continue;
      this.lose(this.waiting.length, 'the process ends');
      this.waiting = [];
      this.bytes = 0;
    }
  }

  private schedule(milliseconds: number): void {
    if (this.stopping || this.timer || this.writing) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.writing = this.write().then((isWritten) => {
        this.writing = undefined;
        if (this.waiting.length > 0) this.schedule(isWritten ? 0 : RETRY_MS);
      });
    }, milliseconds).unref();
  }

  /** Writes a batch; false where the database does not take it, and it goes on waiting. */
  private async write(): Promise<boolean> {
    const batch = this.nextBatch();
    try {
      await this.insert(batch);
    } catch (error) {
      this.logger.warn(`contents of calls wait to be written: ${String(error)}`);
      return false;
    }
    this.waiting.splice(0, batch.length);
    for (const { text } of batch) this.bytes -= text.length;
    return true;
  }

  private nextBatch(): readonly Waiting[] {
    let bytes = 0;
    const end = this.waiting.findIndex(
      ({ text }, at) => at >= BATCH || (bytes += text.length) > BATCH_BYTES,
    );
    return this.waiting.slice(0, end < 0 ? BATCH : Math.max(end, 1));
  }

  /** What the organization wants by now counts, and for how long. */
  private async insert(batch: readonly Waiting[]): Promise<void> {
    const sealed = batch.map(({ callId, organizationId, text }) =>
      this.secrets.seal(text, bodyContext(callId, organizationId)),
    );
    await this.database.pool.query({
      name: 'keep-bodies',
      text: `INSERT INTO request_body (call_id, organization_id, key_id, wrapped_key, ciphertext, started_at, expires_at)
        SELECT b.call_id, o.id, b.key_id, b.wrapped_key, b.ciphertext, b.started_at,
          b.started_at + make_interval(days => o.body_days)
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::timestamptz[])
            AS b(call_id, organization_id, key_id, wrapped_key, ciphertext, started_at)
          JOIN organization o ON o.id = b.organization_id AND o.retention = 'full' AND o.deleted_at IS NULL
        ON CONFLICT DO NOTHING`,
      values: [
        batch.map(({ callId }) => callId),
        batch.map(({ organizationId }) => organizationId),
        sealed.map(({ keyId }) => keyId),
        sealed.map(({ wrappedKey }) => Buffer.from(wrappedKey)),
        sealed.map(({ ciphertext }) => Buffer.from(ciphertext)),
        batch.map(({ startedAt }) => new Date(startedAt)),
      ],
    });
  }

  private lose(count: number, reason: string): void {
    if (this.lost === 0) this.logger.warn(`contents of calls are lost: ${reason}`);
    this.lost += count;
  }
}
