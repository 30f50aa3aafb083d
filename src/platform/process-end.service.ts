import { Injectable } from '@nestjs/common';
import { endProcess, exitProcess, tellAlive } from './process.adapter.js';

/** Lets a part of the gateway end the process that it runs in, as a signal from outside would. */
@Injectable()
export class ProcessEndService {
  /** The process drains its calls and exits with a status that has its supervisor start it again. */
  request(): void {
    endProcess();
  }

  /** The process exits at once, because a part that hangs would not let it stop in order; it is started again. */
  atOnce(): void {
    exitProcess();
  }

  /** Tells the supervisor, where there is one, that this process goes forward; it ends one that has fallen silent. */
  tellAlive(): void {
    tellAlive();
  }
}
