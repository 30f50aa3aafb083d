import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';
import { nextUlid } from '../../platform/ulid.adapter.js';

const BEAT_MS = 500;
/** How long after a heartbeat was sent its answer lets this process trust its memory. */
const LEASE_MS = 1_500;
/** After so long without an acknowledgement the lease of whoever owes it has run out. */
const PATIENCE_MS = 2_000;
/** A process that was not seen for so long is not waited for. */
const GONE = '5 seconds';

/** A write that waits for its acknowledgements. */
interface Wait {
  readonly seenBy: Set<string>;
  /** Undefined until it is known who there is. */
  expected: readonly string[] | undefined;
  readonly finish: () => void;
}

/**
 * Makes a change of a tenant hold in every process before its answer goes out (docs/decisions/0010).
 *
 * Each process writes itself into `gateway_process` over the connection on which it listens, twice a second. Such a
 * heartbeat that came back proves that everything committed before it was sent has been heard; for 1.5 seconds after
 * it was sent the process may answer from memory. Whoever has changed something asks all processes to acknowledge
 * what was told up to then, and has its answer wait for them, two seconds at the most: by then nobody who was silent
 * trusts its memory any more.
 */
@Injectable()
export class KeyInvalidationService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly processId = nextUlid();
  private readonly waits = new Map<string, Wait>();
  private currentUntil = 0;
  private beating: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notifications.listen('osm_tenant_barrier', (mark) => this.acknowledge(mark));
    await this.notifications.listen('osm_tenant_seen', (payload) => this.acknowledged(payload));
    this.notifications.onGap(() => {
      this.currentUntil = 0;
      void this.beat();
    });
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
    await this.beat();
  }

  /** From here on the process asks Postgres each time; nobody waits for it any more. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    this.currentUntil = 0;
    clearInterval(this.timer);
    this.database.pool
      .query('DELETE FROM gateway_process WHERE id = $1', [this.processId])
      .catch(() => undefined);
  }

  /** Whether this process has heard of every change whose answer went out (`now` on the monotonic clock, ms). */
  isCurrent(now: number): boolean {
    return now < this.currentUntil;
  }

  /**
   * Resolves when no process answers any more by what was so before: after the commit of a change, before its answer.
   * @throws GatewayError ledger_unavailable when Postgres went away after the commit
   */
  async settled(): Promise<void> {
    const mark = nextUlid();
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const wait: Wait = { seenBy: new Set(), expected: undefined, finish: resolve };
        this.waits.set(mark, wait);
        this.ask(mark).then((expected) => {
          wait.expected = expected;
          timer = setTimeout(resolve, PATIENCE_MS);
          finishIfSeen(wait);
        }, reject);
      });
    } catch (error) {
      throw new GatewayError('ledger_unavailable', {
        message: 'The change was made, but the database went away before every process knew of it.',
        detail: String(error),
        retryAfterSeconds: 1,
      });
    } finally {
      clearTimeout(timer);
      this.waits.delete(mark);
    }
  }

  /** Tells the mark to all processes and gives their ids. */
  private async ask(mark: string): Promise<readonly string[]> {
    const { rows } = await this.database.pool.query<{ id: string }>({
      name: 'tenant-barrier',
      text: `SELECT id, pg_notify('osm_tenant_barrier', $1) FROM gateway_process
             WHERE last_seen > clock_timestamp() - $2::interval`,
      values: [mark, GONE],
    });
    return rows.map(({ id }) => id);
  }

  /** Notifications come in the order of their commits: what was told before the mark is forgotten already. */
  private acknowledge(mark: string): void {
    this.notifications
      .query({
        name: 'tenant-seen',
        text: `SELECT pg_notify('osm_tenant_seen', $1)`,
        values: [`${mark} ${this.processId}`],
      })
      // Whoever asked goes on when the lease of this process has run out.
      .catch(() => undefined);
  }

  private acknowledged(payload: string): void {
    const [mark = '', processId = ''] = payload.split(' ');
    const wait = this.waits.get(mark);
    if (!wait) return;
    wait.seenBy.add(processId);
    finishIfSeen(wait);
  }

  private beat(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return (this.beating ??= this.register().finally(() => {
      this.beating = undefined;
    }));
  }

  private async register(): Promise<void> {
    const sentAt = performance.now();
    try {
      await this.notifications.query({
        name: 'tenant-heartbeat',
        text: `INSERT INTO gateway_process (id) VALUES ($1)
               ON CONFLICT (id) DO UPDATE SET last_seen = clock_timestamp()`,
        values: [this.processId],
      });
      if (!this.stopped) this.currentUntil = sentAt + LEASE_MS;
    } catch {
      // The lease runs out; the connection is being made again.
    }
  }
}

function finishIfSeen({ expected, seenBy, finish }: Wait): void {
  if (expected?.every((id) => seenBy.has(id))) finish();
}
