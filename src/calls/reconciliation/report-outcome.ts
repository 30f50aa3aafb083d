import type { CallAnswer } from '../../providers/index.js';

const MINUTE_MS = 60_000;
/** Providers know a call seconds after its end. */
const KNOWN_WITHIN_MS = 15 * MINUTE_MS;
/** Before the audit alarms over an estimate that nobody looked at (I15). */
const ANSWERED_WITHIN_MS = 20 * 60 * MINUTE_MS;

/** What to do with an estimate after its provider was asked. */
export type ReportOutcome =
  | { readonly kind: 'settle'; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string };

/**
 * What an answer without a figure means for an estimate of this age: it is asked again while the provider may still come
 * to know the call, and for most of a day while it cannot be reached; then the estimate stands.
 */
export function outcomeWithoutFigure(
  answer: Exclude<CallAnswer, { kind: 'reported' }>,
  ageMs: number,
): ReportOutcome {
  switch (answer.kind) {
    case 'no_report':
      return { kind: 'settle', reason: 'no_provider_report' };
    case 'no_credential':
      return { kind: 'settle', reason: 'credential_gone' };
    case 'refused':
      return { kind: 'settle', reason: 'provider_refused' };
    case 'unknown':
      return ageMs > KNOWN_WITHIN_MS
        ? { kind: 'settle', reason: 'unknown_to_provider' }
        : { kind: 'again', reason: 'the provider does not know the call yet' };
    case 'unavailable':
      return ageMs > ANSWERED_WITHIN_MS
        ? { kind: 'settle', reason: 'provider_unreachable' }
        : { kind: 'again', reason: answer.reason };
  }
}
