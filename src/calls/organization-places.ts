/** How many calls of each organization run in this process. */
export class OrganizationPlaces {
  private readonly running = new Map<string, number>();

  /** @param limit calls of one organization that run at the same time */
  constructor(readonly limit: number) {}

  /** Takes a place, to be given back by `leave`; false where the organization has as many as it may have. */
  enter(organizationId: string): boolean {
    const running = this.running.get(organizationId) ?? 0;
    if (running >= this.limit) return false;
    this.running.set(organizationId, running + 1);
    return true;
  }

  leave(organizationId: string): void {
    const running = this.running.get(organizationId) ?? 0;
    if (running > 1) this.running.set(organizationId, running - 1);
    else this.running.delete(organizationId);
  }
}
