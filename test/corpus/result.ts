/** What became of a case. */
export type Outcome =
  | { readonly kind: 'passed' }
  /** What differs, one line each, the first one for the table. */
  | { readonly kind: 'failed'; readonly problems: readonly string[] }
  /** Believed wrong or unanswerable; listed with its reason. */
  | { readonly kind: 'known'; readonly reason: string; readonly problems: readonly string[] }
  /** Needs a protocol, endpoint or provider that the gateway does not have yet. */
  | { readonly kind: 'not built'; readonly missing: string };

export interface CaseResult {
  readonly name: string;
  readonly folder: string;
  readonly outcome: Outcome;
  /** What was asked or expected otherwise than recorded, for `--verbose`. */
  readonly notes: readonly string[];
}
