import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { parseMultiplier } from '../../core/money.js';
import type { Principal, ProjectMode } from '../../core/principal.js';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';
import { hashKeyHex, isWellFormedKey } from './key-format.js';

const MAX_CACHED = 50_000;
const TIME_TO_LIVE_MS = 60_000;

interface KeyRow {
  readonly id: string;
  readonly organization_id: string;
  readonly project_id: string;
  readonly status: string;
  readonly organization_status: string;
  readonly mode: ProjectMode;
  readonly plan_multiplier: string;
  readonly expires_at: Date | null;
}

interface CachedKey {
  readonly principal: Principal;
  readonly status: string;
  readonly expiresAt: number;
  readonly readAt: number;
}

const INCORRECT =
  'Incorrect API key provided. Keys start with "osm_" and are shown once, when they are made.';

/** Who a key belongs to. Keys are held in memory; a change in Postgres makes every process forget the key. */
@Injectable()
export class ApiKeyService implements OnModuleInit {
  private readonly cache = new Map<string, CachedKey>();
  private readonly loading = new Map<string, Promise<CachedKey | undefined>>();

  constructor(
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notifications.listen('osm_key', (hash) => {
      this.cache.delete(hash);
      this.loading.delete(hash);
    });
    this.notifications.onGap(() => {
      this.cache.clear();
      this.loading.clear();
    });
  }

  /**
   * The principal behind a key, at once where the key is in memory.
   * @throws GatewayError invalid_api_key, key_disabled, key_expired
   */
  authenticate(key: string | undefined): Principal | Promise<Principal> {
    if (key === undefined) {
      throw new GatewayError('invalid_api_key', {
        message: 'You did not provide an API key: send it as "Authorization: Bearer osm_…".',
      });
    }
    if (!isWellFormedKey(key, 'osm_'))
      throw new GatewayError('invalid_api_key', { message: INCORRECT });
    const hash = hashKeyHex(key);
    const cached = this.cache.get(hash);
    if (cached && performance.now() - cached.readAt < TIME_TO_LIVE_MS) return admit(cached);
    return this.load(hash).then(admit);
  }

  private load(hash: string): Promise<CachedKey | undefined> {
    const running = this.loading.get(hash);
    if (running) return running;
    const loading: Promise<CachedKey | undefined> = this.read(hash)
      .then((key) => {
        // Of a key that changed while it was read nobody knows which of the two was read.
        if (key && this.loading.get(hash) === loading) this.remember(hash, key);
        return key;
      })
      .finally(() => {
        if (this.loading.get(hash) === loading) this.loading.delete(hash);
      });
    this.loading.set(hash, loading);
    return loading;
  }

  private async read(hash: string): Promise<CachedKey | undefined> {
    const readAt = performance.now();
    const { rows } = await this.database.pool
      .query<KeyRow>({
        name: 'api-key',
        text: `SELECT k.id, k.organization_id, k.project_id, k.status, o.status AS organization_status, p.mode,
                      o.plan_multiplier::text, k.expires_at
               FROM api_key k JOIN project p ON p.id = k.project_id JOIN organization o ON o.id = k.organization_id
               WHERE k.hash = $1`,
        values: [Buffer.from(hash, 'hex')],
      })
      .catch((error: unknown) => {
        throw new GatewayError('ledger_unavailable', {
          detail: String(error),
          retryAfterSeconds: 1,
        });
      });
    const [row] = rows;
    if (!row) return undefined;
    return {
      readAt,
      status: row.organization_status === 'active' ? row.status : 'disabled',
      expiresAt: row.expires_at?.getTime() ?? Infinity,
      principal: {
        organizationId: row.organization_id,
        projectId: row.project_id,
        apiKeyId: row.id,
        projectMode: row.mode,
        planMultiplier: parseMultiplier(row.plan_multiplier),
      },
    };
  }

  private remember(hash: string, key: CachedKey): void {
    if (this.cache.size >= MAX_CACHED) {
      const oldest = this.cache.keys().next();
      if (!oldest.done) this.cache.delete(oldest.value);
    }
    this.cache.set(hash, key);
  }
}

function admit(key: CachedKey | undefined): Principal {
  if (!key || key.status === 'revoked')
    throw new GatewayError('invalid_api_key', { message: INCORRECT });
  if (key.status !== 'active') throw new GatewayError('key_disabled');
  if (key.expiresAt <= Date.now()) throw new GatewayError('key_expired');
  return key.principal;
}
