import { Inject, Injectable, Optional } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';

/** Under which a test puts another number of keys that are looked for one by one. */
export const SINGLE_LOOKS = Symbol('single-looks');

const SINGLE_LOOKS_PER_SECOND = 50;
const WINDOW_MS = 1_000;
/** From the begin of one batch to that of the next. */
const BATCH_INTERVAL_MS = 25;
const MAX_BATCH = 2_000;

const EXISTING = {
  name: 'key-existence',
  query_timeout: 5_000,
  text: `
    SELECT encode(hash, 'hex') AS hash FROM api_key WHERE hash = ANY($1::bytea[])
    UNION ALL
    SELECT encode(hash, 'hex') FROM admin_token WHERE hash = ANY($1::bytea[])`,
} as const;

interface Waiting {
  readonly hash: string;
  readonly resolve: (exists: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Bounds what tried keys cost Postgres, whoever tries them and from wherever. While few keys that are not in memory come,
 * each may be looked for by itself; of more than that in a second it is first asked for many at once which of them
 * exist at all, forty times a second at most. So a flood of made-up keys is a few statements, and a good key
 * among them only waits for its batch.
 */
@Injectable()
export class KeyExistenceService {
  private readonly waiting: Waiting[] = [];
  private windowEndsAt = 0;
  private looks = 0;
  private lastBatchAt = -Infinity;
  private isBatching = false;

  constructor(
    private readonly database: DatabaseService,
    @Optional() @Inject(SINGLE_LOOKS) private readonly perSecond = SINGLE_LOOKS_PER_SECOND,
  ) {}

  /**
   * False where no API key and no admin token has this hash (SHA-256, in hex).
   * @throws what Postgres does
   */
  mayExist(hash: string): true | Promise<boolean> {
    const now = performance.now();
    if (now >= this.windowEndsAt) {
      this.windowEndsAt = now + WINDOW_MS;
      this.looks = 0;
    }
    if (++this.looks <= this.perSecond) return true;
    const exists = new Promise<boolean>((resolve, reject) =>
      this.waiting.push({ hash, resolve, reject }),
    );
    if (!this.isBatching) this.nextBatch();
    return exists;
  }

  private nextBatch(): void {
    this.isBatching = this.waiting.length > 0;
    if (!this.isBatching) return;
    const wait = this.lastBatchAt + BATCH_INTERVAL_MS - performance.now();
    setTimeout(() => void this.runBatch(), Math.max(0, wait));
  }

  private async runBatch(): Promise<void> {
    this.lastBatchAt = performance.now();
    const batch = this.waiting.splice(0, MAX_BATCH);
    try {
      const existing = await this.existing(batch.map(({ hash }) => hash));
      for (const { hash, resolve } of batch) resolve(existing.has(hash));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.nextBatch();
  }

  private async existing(hashes: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.database.pool.query<{ hash: string }>({
      ...EXISTING,
      values: [hashes.map((hash) => Buffer.from(hash, 'hex'))],
    });
    return new Set(rows.map(({ hash }) => hash));
  }
}
