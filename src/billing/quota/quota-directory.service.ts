import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';
import type { CallSubject, Limit, Quota } from './limit.js';
import { OrganizationLimits } from './organization-limits.js';
import { ledgerUnavailable } from './refusal.js';
import { SliceBook } from './slice-book.js';

const CAPACITY = 50_000;
/** Gives the connection up after so long, so that a Postgres that hangs does not keep all of them. */
const PATIENCE_MS = 2_000;
/** After a look that failed nobody looks again for so long, unless a call waits for it. */
const PAUSE_MS = 1_000;

const QUERY = {
  name: 'quotas',
  query_timeout: PATIENCE_MS,
  text: `
    SELECT id, scope, scope_id AS "scopeId", kind, "window", tag_name AS "tagName", tag_value AS "tagValue"
    FROM quota WHERE organization_id = $1 AND deleted_at IS NULL AND enforcement = 'hard' ORDER BY id`,
} as const;

/**
 * Which limits may refuse calls, by organization (those that only warn are counted when calls are posted): read once,
 * read again when Postgres says that they changed, and used as they were while Postgres cannot be asked.
 */
@Injectable()
export class QuotaDirectoryService implements OnModuleInit {
  private readonly organizations = new Map<string, OrganizationLimits>();
  private readonly loading = new Map<string, Promise<OrganizationLimits>>();
  /** What was read before this moment may have changed unheard. */
  private staleBefore = -Infinity;
  private pausedUntil = -Infinity;

  constructor(
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
    private readonly book: SliceBook,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.notifications.listen('osm_quota', (organizationId) => this.changed(organizationId));
    this.notifications.onGap((isConnected) => {
      if (isConnected) this.staleBefore = performance.now();
    });
  }

  /**
   * The limits that hold for a call; at once where those of its organization are known.
   * @throws GatewayError ledger_unavailable
   */
  limitsOf(subject: CallSubject): readonly Limit[] | Promise<readonly Limit[]> {
    const { organizationId } = subject.principal;
    const known = this.organizations.get(organizationId);
    if (!known) return this.freshLimitsOf(subject);
    if (known.readAt < this.staleBefore && performance.now() > this.pausedUntil)
      this.refresh(organizationId);
    return known.of(subject);
  }

  /** The same, as they are in Postgres now. @throws GatewayError ledger_unavailable */
  async freshLimitsOf(subject: CallSubject): Promise<readonly Limit[]> {
    const limits = await this.load(subject.principal.organizationId);
    return limits.of(subject);
  }

  /** What was refused may be admitted now; a look that is under way may have come too early to see why. */
  private changed(organizationId: string): void {
    const isLoading = this.loading.delete(organizationId);
    const known = this.organizations.get(organizationId);
    for (const { slice } of known?.all ?? []) slice.refusal = undefined;
    if (known || isLoading) this.refresh(organizationId);
  }

  /** Reads again what is known; where that fails it stays as it was, and is due. */
  private refresh(organizationId: string): void {
    this.load(organizationId).catch(() => {
      this.pausedUntil = performance.now() + PAUSE_MS;
      this.staleBefore = performance.now();
    });
  }

  /** Calls that wait for the same organization share one look. */
  private load(organizationId: string): Promise<OrganizationLimits> {
    const running = this.loading.get(organizationId);
    if (running) return running;
    const loading: Promise<OrganizationLimits> = this.read(organizationId)
      .then((limits) => {
        if (this.loading.get(organizationId) === loading) this.remember(organizationId, limits);
        return limits;
      })
      .finally(() => {
        if (this.loading.get(organizationId) === loading) this.loading.delete(organizationId);
      });
    this.loading.set(organizationId, loading);
    return loading;
  }

  private async read(organizationId: string): Promise<OrganizationLimits> {
    const readAt = performance.now();
    const { rows } = await this.database.pool
      .query<Quota>({ ...QUERY, values: [organizationId] })
      .catch((error: unknown) => {
        throw ledgerUnavailable(String(error));
      });
    const limits = rows.map((quota) => ({ quota, slice: this.book.sliceOf(quota.id) }));
    return new OrganizationLimits(limits, readAt);
  }

  private remember(organizationId: string, limits: OrganizationLimits): void {
    if (!this.organizations.has(organizationId) && this.organizations.size >= CAPACITY) {
      const oldest = this.organizations.keys().next();
      if (!oldest.done) this.organizations.delete(oldest.value);
    }
    this.organizations.set(organizationId, limits);
  }
}
