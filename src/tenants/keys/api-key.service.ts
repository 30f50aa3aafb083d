import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import type { Principal } from '../../core/principal.js';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';
import { KeyCache } from './key-cache.js';
import { KeyExistenceService } from './key-existence.service.js';
import { hashKeyHex, isWellFormedKey } from './key-format.js';
import { KeyInvalidationService } from './key-invalidation.service.js';
import { KEY_QUERY, knownKey, type KeyRow, type KnownKey } from './key-row.js';
import { refusalAt, refusalError } from './key-standing.js';

const CAPACITY = 50_000;
/** Changes are heard of (docs/decisions/0010); this is for what nobody was told. */
const TIME_TO_LIVE_MS = 300_000;
/** How long Postgres gets for a key that is not in memory, and for one that is but may have changed. */
const COLD_PATIENCE_MS = 2_000;
const STALE_PATIENCE_MS = 250;
/** After a look that failed there is none for so long. */
const PAUSE_MS = 1_000;
/** How old a key in memory may be used while Postgres cannot be asked. */
const LONGEST_OUTAGE_MS = 15 * 60_000;
/** Who comes later does not share a look: it may have begun before a change that was answered meanwhile. */
const SHARED_MS = 400;

interface Look {
  readonly startedAt: number;
  readonly key: Promise<KnownKey | undefined>;
}

/**
 * Who a key belongs to. Keys are held in memory: used at once while this process is told of changes, asked for again
 * when it may have missed one, and used as they were while Postgres cannot be reached.
 */
@Injectable()
export class ApiKeyService implements OnModuleInit {
  private readonly cache = new KeyCache(CAPACITY);
  private readonly looks = new Map<string, Look>();
  /** What was read before this moment may have changed unheard. */
  private staleBefore = 0;
  private pausedUntil = 0;

  constructor(
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
    private readonly invalidation: KeyInvalidationService,
    private readonly existence: KeyExistenceService,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notifications.listen('osm_tenant', (organizationId) => {
      this.cache.forgetOrganization(organizationId);
      // Nobody knows yet whose keys are being read; they are not remembered.
      this.looks.clear();
    });
    this.notifications.onGap(() => {
      this.staleBefore = performance.now();
      this.looks.clear();
    });
  }

  /**
   * The principal behind a key, at once where the key is in memory.
   * @param hash the key's, where it is known already
   * @throws GatewayError invalid_api_key, key_disabled, key_expired, ledger_unavailable
   */
  authenticate(
    key: string | undefined,
    hash = key && hashKeyHex(key),
  ): Principal | Promise<Principal> {
    if (key === undefined || hash === undefined) {
      throw new GatewayError('invalid_api_key', {
        message: 'You did not provide an API key: send it as "Authorization: Bearer osm_…".',
      });
    }
    const now = performance.now();
    const known = this.cache.get(hash);
    if (known && this.isFresh(known, now)) return admit(known);
    if (!isWellFormedKey(key, 'osm_')) throw refusalError('unknown');
    return this.renew(hash, now).then(admit);
  }

  private isFresh({ readAt }: KnownKey, now: number): boolean {
    if (now < this.pausedUntil) return now - readAt < LONGEST_OUTAGE_MS;
    return (
      now - readAt < TIME_TO_LIVE_MS &&
      readAt >= this.staleBefore &&
      this.invalidation.isCurrent(now)
    );
  }

  /** The key as Postgres has it; as it was in memory where Postgres cannot be reached. */
  private async renew(hash: string, now: number): Promise<KnownKey | undefined> {
    const patience = this.cache.get(hash) ? STALE_PATIENCE_MS : COLD_PATIENCE_MS;
    try {
      return await within(patience, this.look(hash, now));
    } catch (error) {
      // Meanwhile it may have been forgotten.
      const known = this.cache.get(hash);
      if (!known || now - known.readAt >= LONGEST_OUTAGE_MS) throw unavailable(error);
      this.pausedUntil = performance.now() + PAUSE_MS;
      return known;
    }
  }

  /** Calls that wait for the same key share one look. */
  private look(hash: string, now: number): Promise<KnownKey | undefined> {
    const running = this.looks.get(hash);
    if (running && now - running.startedAt < SHARED_MS) return running.key;
    const look: Look = {
      startedAt: now,
      key: this.read(hash, now)
        .then((key) => {
          // Of a key that changed while it was read nobody knows which of the two was read.
          if (this.looks.get(hash) !== look) return key;
          if (key) this.cache.remember(hash, key);
          else this.cache.forget(hash);
          return key;
        })
        .finally(() => {
          if (this.looks.get(hash) === look) this.looks.delete(hash);
        }),
    };
    this.looks.set(hash, look);
    return look.key;
  }

  private async read(hash: string, readAt: number): Promise<KnownKey | undefined> {
    if (!this.cache.get(hash) && !(await this.existence.mayExist(hash))) return undefined;
    const { rows } = await this.database.pool.query<KeyRow>({
      ...KEY_QUERY,
      values: [Buffer.from(hash, 'hex')],
    });
    const [row] = rows;
    return row && knownKey(row, readAt);
  }
}

function admit(key: KnownKey | undefined): Principal {
  if (!key) throw refusalError('unknown');
  const refusal = refusalAt(key.standing, Date.now());
  if (refusal) throw refusalError(refusal);
  return key.principal;
}

/** Rejects when `work` takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${milliseconds} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(error: unknown): GatewayError {
  return new GatewayError('ledger_unavailable', { detail: String(error), retryAfterSeconds: 1 });
}
