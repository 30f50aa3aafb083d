import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthService } from '../../platform/health/health.service.js';
import { PrismaService } from '../../platform/prisma.service.js';
import { PROVIDERS } from '../definitions/registry.js';
import { snapshotOf } from './catalogue-rows.js';
import { CatalogueSnapshot } from './catalogue-snapshot.js';

const PROVIDER_ALIASES: ReadonlyMap<string, string> = new Map(
  PROVIDERS.flatMap(({ id, aliases = [] }) => aliases.map((alias) => [alias, id] as const)),
);

/** The catalogue of this process: read whole from the database, then served from memory. */
@Injectable()
export class CatalogueService implements OnModuleInit {
  private current = CatalogueSnapshot.EMPTY;
  /** Reloads run one after another, so that an older reading never takes the place of a newer one. */
  private lastReload: Promise<void> = Promise.resolve();

  constructor(
    private readonly prisma: PrismaService,
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

  /** Reads the catalogue again; the old snapshot serves until the new one is whole, and stays if that fails. */
  reload(): Promise<void> {
    const next = this.lastReload.then(async () => {
      this.current = await this.load();
    });
    this.lastReload = next.catch(() => undefined);
    return next;
  }

  /** One query a table, all of the same moment: a version without its components would be half a price. */
  private async load(): Promise<CatalogueSnapshot> {
    const [models, aliases, offers, versions, components] = await this.prisma.$transaction(
      [
        this.prisma.model.findMany(),
        this.prisma.modelAlias.findMany(),
        this.prisma.offer.findMany(),
        this.prisma.priceVersion.findMany({ orderBy: { validFrom: 'asc' } }),
        this.prisma.priceComponent.findMany({ orderBy: { position: 'asc' } }),
      ],
      { isolationLevel: 'RepeatableRead' },
    );
    return snapshotOf({ models, aliases, offers, versions, components }, PROVIDER_ALIASES);
  }
}
