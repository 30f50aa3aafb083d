import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { GatewayError } from '../core/errors.js';
import { Deadlines, type Deadline } from '../platform/deadlines.adapter.js';
import { Environment } from '../platform/env.js';
import { DoorService } from '../platform/http/door.service.js';
import { LoadSheddingService } from '../platform/load/load-shedding.service.js';
import { ShutdownService } from '../platform/shutdown.service.js';
import { CallSignal } from './call-signal.js';
import { ClientDrainsService } from './client-drains.service.js';
import { OrganizationPlaces } from './organization-places.js';

/** What connections get, once all calls are broken off, to take their last bytes. */
const LAST_BYTES_MS = 500;

/** A call between `begin` and `end`. */
export interface RunningCall {
  readonly signal: CallSignal;
  readonly deadline: Deadline;
  readonly organizationId: string;
  /** Where it stands among those that run; -1 once it is over. */
  place: number;
}

/**
 * The calls that run in this process: each has a deadline, an organization has so many at a time, and all are waited
 * for at shutdown.
 */
@Injectable()
export class RunningCallsService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(RunningCallsService.name);
  /** In no order: who is over gives its place to the last one. A Map would keep calls alive, as a Set does deadlines. */
  private readonly running: RunningCall[] = [];
  private readonly deadlines: Deadlines;
  private readonly places: OrganizationPlaces;
  private onIdle: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** Set when shutdown has waited long enough. */
  private closed: GatewayError | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly load: LoadSheddingService,
    private readonly door: DoorService,
    private readonly shutdown: ShutdownService,
    private readonly drains: ClientDrainsService,
  ) {
    this.deadlines = new Deadlines(environment.CALL_TIMEOUT_MS);
    this.places = new OrganizationPlaces(environment.MAX_CALLS_PER_ORGANIZATION);
  }

  /**
   * A call of an organization begins: its signal aborts at its deadline, by its own `abort`, or when shutdown has
   * waited long enough. It runs until `end`.
   * @throws GatewayError overloaded when no new call is taken, rate_limit_exceeded when the organization has too many
   */
  begin(organizationId: string): RunningCall {
    if (this.closed) throw this.closed;
    if (this.load.isOverloaded) throw this.load.refusal();
    if (!this.places.enter(organizationId)) throw tooMany(this.places.limit);
    const signal = new CallSignal();
    const deadline = this.deadlines.begin(() => signal.abort(new GatewayError('upstream_timeout')));
    const call = { signal, deadline, organizationId, place: this.running.length };
    this.running.push(call);
    this.load.began();
    return call;
  }

  /** The call is over. Nothing the second time. */
  end(call: RunningCall): void {
    const last = this.running[this.running.length - 1];
    if (call.place < 0 || !last) return;
    this.running[call.place] = last;
    last.place = call.place;
    call.place = -1;
    this.running.pop();
    this.deadlines.met(call.deadline);
    this.places.leave(call.organizationId);
    this.load.ended();
    if (this.running.length === 0) for (const listener of this.onIdle.splice(0)) listener();
  }

  /**
   * Takes calls for SHUTDOWN_GRACE_MS as ever, for balancers look only now and then whether a process is ready; then
   * lets go of connections and waits for the running calls. What still runs after DRAIN_TIMEOUT_MS in all, or when
   * somebody asks for haste, is broken off, and so is what begins meanwhile: a request may have sent its head before.
   */
  async beforeApplicationShutdown(): Promise<void> {
    const { DRAIN_TIMEOUT_MS, SHUTDOWN_GRACE_MS } = this.environment;
    const grace = this.shutdown.isFromWithin ? 0 : Math.min(SHUTDOWN_GRACE_MS, DRAIN_TIMEOUT_MS);
    if (grace > 0) await this.patience(grace);
    this.door.close();
    // Not only while it waits here: until the server is closed.
    void this.patience(DRAIN_TIMEOUT_MS - grace).then(() => this.breakOff());
    if (this.running.length === 0) return;
    this.logger.log(`waiting for ${this.running.length} running calls`);
    await this.idle();
  }

  /** The server is closed. */
  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private async breakOff(): Promise<void> {
    const message = 'The gateway is being restarted.';
    this.closed = new GatewayError('overloaded', { message, retryAfterSeconds: 1 });
    for (const { signal } of [...this.running]) signal.abort(this.closed);
    this.drains.stop();
    await this.idle();
    this.timer = setTimeout(() => this.door.cut(), LAST_BYTES_MS).unref();
  }

  /** Resolves when no call runs. */
  private async idle(): Promise<void> {
    if (this.running.length === 0) return;
    await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }

  /** Resolves after so many milliseconds, or as soon as the process is to end in haste. */
  private patience(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.timer = timer;
      this.shutdown.onHaste(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function tooMany(limit: number): GatewayError {
  const message = `The organization has ${limit} calls running here, which is as many as it may have at a time.`;
  return new GatewayError('rate_limit_exceeded', { message, retryAfterSeconds: 1 });
}
