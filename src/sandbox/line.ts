import type { ServerResponse } from 'node:http';

/** What ended a response. */
export type Ending = 'finished' | 'aborted' | 'broken';

/** A response on its way to a client that may go away at any moment. */
export class Line {
  closed = false;
  private broken = false;
  private wake: (() => void) | undefined;

  constructor(
    readonly response: ServerResponse,
    readonly now: () => number,
    onEnd: (ending: Ending) => void,
  ) {
    response.once('close', () => {
      this.closed = true;
      const left: Ending = this.broken ? 'broken' : 'aborted';
      onEnd(response.writableFinished && !this.broken ? 'finished' : left);
      this.wake?.();
    });
  }

  /** Writes, and waits only when the client reads slower than the sandbox writes. */
  async write(data: string): Promise<void> {
    if (this.closed || data === '' || this.response.write(data)) return;
    await this.until((done) => this.response.once('drain', done));
  }

  /** Waits for a time, or less when the client goes away. */
  async sleep(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await this.until((done) => {
      timer = setTimeout(done, milliseconds);
    });
    clearTimeout(timer);
  }

  /** Waits until the client goes away. */
  async untilClosed(): Promise<void> {
    await this.until(() => undefined);
  }

  /** Writes a last piece and then drops the connection, as a crashing server would. */
  breakAfter(data: string): void {
    if (this.closed) return;
    this.broken = true;
    // Destroying before the write reached the kernel would lose what was written before.
    this.response.write(data, () => this.response.destroy());
  }

  private async until(arm: (done: () => void) => void): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      arm(resolve);
    });
    this.wake = undefined;
  }
}
