export type InvariantId = `I${number}`;

/** What must hold over the books at any time, as a query for where it does not. */
export interface Invariant {
  readonly id: InvariantId;
  /** What must hold, in a few words. */
  readonly meaning: string;
  /**
   * Gives (subject, detail) of what breaks it, a thousand rows at most. $1 is the time since which the books are looked
   * at, `-infinity` for all of them; queries over what is now, not over what was recorded, do not narrow by it. The sums
   * of what came before are in `audit_standing`.
   *
   * Under row-level security Postgres expects hardly any rows of a table, and would join by comparing all with all. What is
   * looked up by an index is LATERAL, with OFFSET 0, LIMIT or a sum; all other joins are hashed (docs/decisions/0033).
   */
  readonly sql: string;
}

/** A place where an invariant does not hold. */
export interface Violation {
  readonly subject: string;
  readonly detail: string;
}

/** What a query for an invariant came to. */
export interface AuditResult {
  readonly invariant: InvariantId;
  readonly meaning: string;
  readonly rows: number;
  /** The first of the rows. */
  readonly examples: readonly Violation[];
  /** Why the query did not come to an end; null where it did. */
  readonly error: string | null;
}
