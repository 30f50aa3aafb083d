import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../core/errors.js';
import { Environment } from '../platform/env.js';
import { CallSignal } from './call-signal.js';

/** The calls that run in this process: each has a deadline, and all are waited for at shutdown. */
@Injectable()
export class RunningCallsService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RunningCallsService.name);
  private readonly running = new Set<CallSignal>();
  private onIdle: (() => void) | undefined;
  /** Set when shutdown has waited long enough. */
  private closed: GatewayError | undefined;

  constructor(private readonly environment: Environment) {}

  /** Runs a call under a signal that aborts at its deadline, by its own `abort`, or when shutdown has waited long enough. */
  async run<T>(work: (signal: CallSignal) => Promise<T>): Promise<T> {
    if (this.closed) throw this.closed;
    const signal = new CallSignal();
    const deadline = setTimeout(
      () => signal.abort(new GatewayError('upstream_timeout')),
      this.environment.CALL_TIMEOUT_MS,
    );
    this.running.add(signal);
    try {
      return await work(signal);
    } finally {
      clearTimeout(deadline);
      this.running.delete(signal);
      if (this.running.size === 0) this.onIdle?.();
    }
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
      for (const signal of this.running) signal.abort(this.closed);
    }, this.environment.DRAIN_TIMEOUT_MS);
    await idle;
    clearTimeout(timer);
  }
}
