import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ProcessEndService } from '../../platform/process-end.service.js';
import { PosterService } from './poster.service.js';

const EVERY_MS = 2_000;
/** Posting is late. */
const ALARM_MS = 15_000;
/** Every so often it is said again. */
const REMINDER_MS = 30_000;
/** No round of posting came to an end, not even by an error. */
const HUNG_MS = 60_000;

/**
 * Watches by a plain timer that posting goes forward, and says so where it does not. A poster that hangs is started
 * anew with its process: what it had not posted is still in the journals. One that is refused by the database every
 * time goes on trying; a new process would fare no better.
 */
@Injectable()
export class PosterWatchdog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PosterWatchdog.name);
  private timer: NodeJS.Timeout | undefined;
  private toldAt = -Infinity;

  constructor(
    private readonly poster: PosterService,
    private readonly processEnd: ProcessEndService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(performance.now()), EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Looks once; `now` is ms on the monotonic clock. */
  look(now: number): void {
    const { silentMs, stalledMs } = this.poster.standstill();
    if (silentMs >= HUNG_MS) {
      this.logger.fatal(`posting hangs since ${seconds(silentMs)}: the process is started again`);
      this.processEnd.atOnce();
      return;
    }
    this.processEnd.tellAlive();
    if (stalledMs < ALARM_MS || now - this.toldAt < REMINDER_MS) return;
    this.toldAt = now;
    this.logger.error(`nothing has been posted for ${seconds(stalledMs)}; the journals grow`);
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1_000)} s`;
}
