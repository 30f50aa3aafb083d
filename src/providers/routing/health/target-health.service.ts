import { Inject, Injectable, Logger, Optional, type OnModuleInit } from '@nestjs/common';
import { GatewayError } from '../../../core/errors.js';
import type { Target } from '../../../core/target.js';
import { Environment } from '../../../platform/env.js';
import { MetricsService } from '../../../platform/telemetry/metrics.service.js';
import type { Plan } from '../routing.service.js';
import { HealthBoard } from './health-board.js';
import { ProviderLoad } from './provider-load.js';
import { RetryBudget } from './retry-budget.js';

/** Under which a test puts a clock of its own: a function that gives milliseconds. */
export const HEALTH_CLOCK = Symbol('health-clock');

/** Which targets this process may call now: by how they did, by how much they have to do. All in memory. */
@Injectable()
export class TargetHealthService implements OnModuleInit {
  private readonly logger = new Logger('Health');
  private readonly board = new HealthBoard();
  private readonly budget = new RetryBudget();
  private readonly load: ProviderLoad;
  private readonly ejects: boolean;
  private ejections = 0;
  private repeats = 0;
  private repeatsRefused = 0;

  constructor(
    environment: Environment,
    private readonly metrics: MetricsService,
    @Optional()
    @Inject(HEALTH_CLOCK)
    private readonly now: () => number = () => performance.now(),
  ) {
    this.load = new ProviderLoad(environment.MAX_CALLS_PER_PROVIDER);
    this.ejects = environment.TARGET_EJECTION === 'on';
  }

  onModuleInit(): void {
    const { metrics, board, load } = this;
    metrics.gauge('osm_targets_ejected', 'Targets that are not called because they fail', () =>
      board.ejectedCount(this.now()),
    );
    metrics.gauge('osm_credentials_resting', 'Credentials that wait for their Retry-After', () =>
      board.restingCount(this.now()),
    );
    metrics.gauge('osm_upstream_calls_running', 'Calls that run at providers', () => load.total);
    metrics.counter('osm_ejections_total', 'Times that a target was ejected', () => this.ejections);
    metrics.counter('osm_repeats_total', 'Calls to the same target again', () => this.repeats);
    metrics.counter(
      'osm_repeats_refused_total',
      'Repeats that the budget did not allow',
      () => this.repeatsRefused,
    );
  }

  /**
   * The plans that may be tried, best first: without ejected targets while there are others, without providers that
   * have as many calls as they may have.
   * @throws GatewayError overloaded where all providers have as many
   */
  available(plans: readonly Plan[]): readonly Plan[] {
    const free = this.load.isAnyFull
      ? plans.filter(({ target }) => !this.load.isFull(target.provider.id))
      : plans;
    if (free.length === 0) throw busy();
    return this.board.isEmpty ? free : this.board.available(free, this.now());
  }

  /** The first of the plans that may be tried now; undefined where there is none. */
  choose(plans: readonly Plan[]): Plan | undefined {
    return this.board.isEmpty ? plans[0] : this.board.choose(plans, this.now());
  }

  /** Whether a target that has failed may be asked the same again; if so that is counted. */
  mayRepeat({ provider }: Target): boolean {
    const may = this.budget.take(provider.id);
    if (may) this.repeats++;
    else this.repeatsRefused++;
    return may;
  }

  /** A call goes to a target; `ended` must follow. @throws GatewayError overloaded, and then it must not */
  begin({ provider }: Target): void {
    if (!this.load.enter(provider.id)) throw busy();
    this.budget.called(provider.id);
  }

  /** A call to a target is over: with an answer, or by whatever it was broken off with. */
  ended(target: Target, error?: unknown): void {
    this.load.leave(target.provider.id);
    if (error === undefined) {
      if (!this.board.isEmpty) this.board.succeeded(target, this.now());
    } else if (this.ejects) this.failed(target, error);
  }

  private failed(target: Target, error: unknown): void {
    const known = error instanceof GatewayError ? error : undefined;
    const now = this.now();
    const length = this.board.failed(target, known?.code, known?.retryAfterSeconds, now);
    if (length === undefined) return;
    this.ejections++;
    const { offer, credential } = target;
    this.logger.warn(
      `${offer.id} with the credential ${credential.id} is left out for ${length / 1_000} s, as long as there are others: ${known?.code ?? 'it failed'}`,
    );
  }
}

function busy(): GatewayError {
  const message = 'The gateway has as many calls at this provider as it may have.';
  return new GatewayError('overloaded', { message, retryAfterSeconds: 1 });
}
