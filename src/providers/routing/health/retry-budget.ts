/** A call pays in one, a repeat takes out as much as ten calls paid in. */
const REPEAT_COST = 10;
/** Repeats that can be saved up. */
const MAX_SAVED = 10 * REPEAT_COST;

/**
 * How many repeats a provider may be burdened with: at most a tenth of the calls that were not repeats, so that a
 * provider in trouble is not asked twice by everybody. It begins empty.
 */
export class RetryBudget {
  private readonly saved = new Map<string, number>();

  /** A call goes to a provider. */
  called(providerId: string): void {
    const saved = this.saved.get(providerId) ?? 0;
    if (saved < MAX_SAVED) this.saved.set(providerId, saved + 1);
  }

  /** Whether the same target may be asked again; if so the repeat is paid. */
  take(providerId: string): boolean {
    const saved = this.saved.get(providerId) ?? 0;
    if (saved < REPEAT_COST) return false;
    // The repeat will pay in as a call, and has not earned that.
    this.saved.set(providerId, saved - REPEAT_COST - 1);
    return true;
  }
}
