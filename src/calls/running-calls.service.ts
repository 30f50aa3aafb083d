import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../core/errors.js';
import { Deadlines, type Deadline } from '../platform/deadlines.adapter.js';
import { Environment } from '../platform/env.js';
import { CallSignal } from './call-signal.js';

/** The calls that run in this process: each has a deadline, and all are waited for at shutdown. */
@Injectable()
export class RunningCallsService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RunningCallsService.name);
  private readonly running = new Map<CallSignal, Deadline>();
  private readonly deadlines: Deadlines;
  private onIdle: (() => void) | undefined;
  /** Set when shutdown has waited long enough. */
  private closed: GatewayError | undefined;

  constructor(private readonly environment: Environment) {
    this.deadlines = new Deadlines(environment.CALL_TIMEOUT_MS);
  }

  /**
   * A call begins: its signal aborts at its deadline, by its own `abort`, or when shutdown has waited long enough. It
   * runs until `end`.
   * @throws GatewayError overloaded when no new call is taken
   */
  begin(): CallSignal {
    if (this.closed) throw this.closed;
    const signal = new CallSignal();
    const deadline = this.deadlines.begin(() => signal.abort(new GatewayError('upstream_timeout')));
    this.running.set(signal, deadline);
    return signal;
  }

  /** The call of this signal is over. */
  end(signal: CallSignal): void {
    const deadline = this.running.get(signal);
    if (!deadline) return;
    this.deadlines.met(deadline);
    this.running.delete(signal);
    if (this.running.size === 0) this.onIdle?.();
  }

  /** Waits for the running calls; what still runs after DRAIN_TIMEOUT_MS is broken off. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.running.size === 0) return;
    this.logger.log(`waiting for ${this.running.size} running calls`);
    const idle = new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
    const timer = setTimeout(() => {
      const message = 'The gateway is being restarted.';
      this.closed = new GatewayError('overloaded', { message, retryAfterSeconds: 1 });
      for (const signal of this.running.keys()) signal.abort(this.closed);
    }, this.environment.DRAIN_TIMEOUT_MS);
    await idle;
    clearTimeout(timer);
  }
}
