import type { Plan, UpstreamExchange } from '../providers/index.js';
import type { CallSignal } from './call-signal.js';
import { CLIENT_GONE } from './call.js';
import type { ClientDrainsService } from './client-drains.service.js';

/**
 * The exchange behind an answer. It is broken off when its call is over first, unless the client has left an answer that
 * is to be read on. At the end it lets go of everything: undici keeps a receiver until the next request of the
 * connection, and what that can reach would outlive the call by several collections of garbage.
 */
export class RunningExchange {
  private exchange: UpstreamExchange | undefined;
  private detach: (() => void) | undefined;
  private endDrain: (() => void) | undefined;

  /** @param onReadOn the client has left, and the answer is read on */
  follow(
    exchange: UpstreamExchange,
    plan: Plan,
    signal: CallSignal,
    drains: ClientDrainsService,
    onReadOn?: () => void,
  ): void {
    this.exchange = exchange;
    this.detach = signal.onAbort((reason) => {
      if (reason === CLIENT_GONE)
        this.endDrain = drains.begin(plan, () => exchange.abort(CLIENT_GONE));
      if (this.endDrain) onReadOn?.();
      else exchange.abort(reason);
    });
  }

  /** Breaks the exchange off. Nothing before `follow` and after `letGo`. */
  abort(reason: unknown): void {
    this.exchange?.abort(reason);
  }

  /** The answer is there: whatever becomes of the call, it does not break the exchange off. */
  settle(): void {
    this.detach?.();
    this.endDrain?.();
    this.detach = undefined;
    this.endDrain = undefined;
  }

  /** The exchange is over. */
  letGo(): void {
    this.settle();
    this.exchange = undefined;
  }
}
