import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { HealthService } from '../../platform/health/health.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import { CATALOGUE_QUERIES } from './catalogue-queries.js';
import { snapshotOf, type CatalogueRows, type ComponentRow } from './catalogue-rows.js';
import { CatalogueSnapshot } from './catalogue-snapshot.js';

const PROVIDER_ALIASES: ReadonlyMap<string, string> = new Map(
  PROVIDERS.flatMap(({ id, aliases = [] }) => aliases.map((alias) => [alias, id] as const)),
);

/** The catalogue of this process: read whole from the database, then served from memory. */
@Injectable()
export class CatalogueService implements OnModuleInit {
  private current = CatalogueSnapshot.EMPTY;
  private number = 0;
  /** Reloads run one after another, so that an older reading never takes the place of a newer one. */
  private lastReload: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: DatabaseService,
    private readonly health: HealthService,
  ) {}

  async onModuleInit(): Promise<void> {
    this.health.register('catalogue', () => this.check());
    await this.reload();
  }

  private check(): Promise<void> {
    if (this.current.models().length > 0) return Promise.resolve();
    return Promise.reject(new Error('the catalogue is empty'));
  }

  /** The newest snapshot. A call keeps the one that it began with. */
  snapshot(): CatalogueSnapshot {
    return this.current;
  }

  /** The number of the newest publication that the snapshot has; 0 before any. */
  revision(): number {
    return this.number;
  }

  /** Reads the catalogue again; the old snapshot serves until the new one is whole, and stays if that fails. */
  reload(): Promise<void> {
    const next = this.lastReload.then(async () => {
      const { snapshot, revision } = await this.load();
      this.current = snapshot;
      this.number = revision;
    });
    this.lastReload = next.catch(() => undefined);
    return next;
  }

  /** One query a table, all of the same moment: a version without its components would be half a price. */
  private async load(): Promise<{ snapshot: CatalogueSnapshot; revision: number }> {
    const client = await this.database.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const rows = {
        models: (await client.query<CatalogueRows['models'][number]>(CATALOGUE_QUERIES.models))
          .rows,
        aliases: (await client.query<CatalogueRows['aliases'][number]>(CATALOGUE_QUERIES.aliases))
          .rows,
        offers: (await client.query<CatalogueRows['offers'][number]>(CATALOGUE_QUERIES.offers))
          .rows,
        versions: (
          await client.query<CatalogueRows['versions'][number]>(CATALOGUE_QUERIES.versions)
        ).rows,
        components: (await client.query<ComponentRow>(CATALOGUE_QUERIES.components)).rows,
      };
      const revisions = await client.query<{ number: number }>(CATALOGUE_QUERIES.revision);
      await client.query('COMMIT');
      client.release();
      const snapshot = snapshotOf(rows, PROVIDER_ALIASES);
      return { snapshot, revision: revisions.rows[0]?.number ?? 0 };
    } catch (error) {
      // A connection in an unknown state is thrown away.
      client.release(true);
      throw error;
    }
  }
}
