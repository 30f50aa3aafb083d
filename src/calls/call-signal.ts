type AbortListener = (reason: unknown) => void;

/**
 * Tells the parts of one call that it is over before its time: as AbortSignal does, without the cost of an event
 * target on every call.
 */
export class CallSignal {
  private listeners: AbortListener[] = [];
  private state: { readonly reason: unknown } | undefined;

  get aborted(): boolean {
    return this.state !== undefined;
  }

  /** What it was aborted with; undefined where it was not. */
  get reason(): unknown {
    return this.state?.reason;
  }

  /** @throws whatever the call was aborted with */
  throwIfAborted(): void {
    if (this.state) throw this.state.reason;
  }

  /** The first abort counts. */
  abort(reason: unknown): void {
    if (this.state) return;
    this.state = { reason };
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener(reason);
  }

  /** Calls `listener` at the abort, at once if it was before; gives what takes the listener off again. */
  onAbort(listener: AbortListener): () => void {
    if (this.state) {
      listener(this.state.reason);
      return () => undefined;
    }
    this.listeners.push(listener);
    return () => {
      const at = this.listeners.indexOf(listener);
      if (at >= 0) this.listeners.splice(at, 1);
    };
  }
}
