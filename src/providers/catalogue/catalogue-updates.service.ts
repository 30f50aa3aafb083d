import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DatabaseService } from '../../platform/database.service.js';
import { NotificationService } from '../../platform/notification.service.js';
import { CATALOGUE_QUERIES } from './catalogue-queries.js';
import { CatalogueService } from './catalogue.service.js';

/** A notification can be lost without the connection being seen to break; after so long it is made up for. */
const LOOK_MS = 60_000;

/** Has this process read the catalogue again whenever a revision was published, by whichever process. */
@Injectable()
export class CatalogueUpdatesService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CatalogueUpdatesService.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly catalogue: CatalogueService,
    private readonly database: DatabaseService,
    private readonly notifications: NotificationService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.notifications.listen('osm_catalogue', (number) => this.published(Number(number)));
    this.notifications.onGap((isConnected) => {
      if (isConnected) this.look();
    });
    // One that was published between the first reading and now.
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private published(number: number): void {
    if (number <= this.catalogue.revision()) return;
    this.catalogue.reload().catch((error: unknown) => this.failed(error));
  }

  private look(): void {
    this.database.pool
      .query<{ number: number }>(CATALOGUE_QUERIES.revision)
      .then(({ rows }) => this.published(rows[0]?.number ?? 0))
      .catch((error: unknown) => this.failed(error));
  }

  /** The old snapshot goes on serving; the next look tries again. */
  private failed(error: unknown): void {
    this.logger.warn(
      `the catalogue could not be read again: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
