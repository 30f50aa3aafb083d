/** How many calls run at each provider, and whether it may be given another. */
export class ProviderLoad {
  private readonly running = new Map<string, number>();
  /** How many providers are at the limit. */
  private full = 0;
  private all = 0;

  /** @param limit calls that run at one provider at the same time */
  constructor(private readonly limit: number) {}

  /** Calls that run at any provider. */
  get total(): number {
    return this.all;
  }

  /** Whether any provider is at the limit: where none is, nobody needs to look further. */
  get isAnyFull(): boolean {
    return this.full > 0;
  }

  isFull(providerId: string): boolean {
    return (this.running.get(providerId) ?? 0) >= this.limit;
  }

  /** Takes a place, to be given back by `leave`; false where there is none. */
  enter(providerId: string): boolean {
    const running = (this.running.get(providerId) ?? 0) + 1;
    if (running > this.limit) return false;
    this.running.set(providerId, running);
    this.all++;
    if (running === this.limit) this.full++;
    return true;
  }

  leave(providerId: string): void {
    const running = this.running.get(providerId) ?? 0;
    if (running === this.limit) this.full--;
    this.running.set(providerId, running - 1);
    this.all--;
  }
}
