import { Injectable } from '@nestjs/common';
import { isEndedFromWithin, onHaste } from './process.adapter.js';

/** How the end of this process was asked for. */
@Injectable()
export class ShutdownService {
  /** It ends itself, to be started anew: whoever waits for it wants it back soon. */
  get isFromWithin(): boolean {
    return isEndedFromWithin();
  }

  /** Calls `listener` when a process that is stopping is told so again: it has five seconds left. */
  onHaste(listener: () => void): void {
    onHaste(listener);
  }
}
