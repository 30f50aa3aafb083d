import { parseUsd } from '../../src/core/money.js';
import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { BookedCall, BookedEvent, BookedTransaction } from './books.js';
import { judge, type Evidence, type Finding } from './verdict.js';

/**
 * Judges a call whose provider tells later what it cost. The first figure is judged as any other; an estimate may be
 * followed by one more, which is the provider's to the last digit, and nothing else may.
 */
export function judgeTrueUp(evidence: Evidence): Finding | undefined {
  const [call, ...more] = evidence.booked;
  if (!call || more.length > 0) return judge(evidence);
  const booked = [figuresOf(call, (revision) => revision === 1)];
  const first = judge({ ...evidence, seen: seenOf(evidence, call), booked });
  if (first) return first;
  const because = trueUpFault(evidence, call);
  return because === undefined ? undefined : { charge: 'wrong', because, evidence };
}

/**
 * What became of a call whose client left may have nothing to do with that: a gateway was killed before it saw it, or what
 * the client no longer read was an error.
 */
function seenOf({ seen }: Evidence, { outcome }: BookedCall): Evidence['seen'] {
  if (seen.fate !== 'left') return seen;
  if (outcome === 'interrupted') return { ...seen, fate: 'cut' };
  return outcome === 'refused' || outcome === 'failed' ? { ...seen, fate: 'refused' } : seen;
}

function figuresOf(call: BookedCall, wanted: (revision: number) => boolean): BookedCall {
  return {
    ...call,
    events: call.events.filter(({ revision }) => wanted(revision)),
    transactions: call.transactions.filter(({ revision }) => wanted(revision)),
  };
}

function trueUpFault({ tallied }: Evidence, call: BookedCall): string | undefined {
  const { events, transactions } = figuresOf(call, (revision) => revision > 1);
  const [estimate] = call.events;
  const [report, ...more] = events;
  if (!report || !estimate) return events.length === 0 ? undefined : 'it has no first figure';
  if (more.length > 0 || transactions.length > 1) return 'it is trued up more than once';
  if (estimate.rank !== 'estimate' || report.rank !== 'provider_report')
    return `its ${estimate.rank} was replaced by a ${report.rank}`;
  return unlikeTally(report, tallied[0]) ?? unlikeDifference(estimate, report, transactions[0]);
}

function unlikeTally(report: BookedEvent, counted?: TallyEntry): string | undefined {
  if (
    report.promptTokens !== counted?.promptTokens ||
    report.completionTokens !== counted.completionTokens
  )
    return 'its better figure is not what the provider counted';
  if (report.providerCost !== parseUsd(counted.reportedCost ?? '0'))
    return 'its provider is owed another amount than it told';
  return report.lines === report.amount ? undefined : 'its cost lines do not sum to its amount';
}

function unlikeDifference(
  estimate: BookedEvent,
  report: BookedEvent,
  booked?: BookedTransaction,
): string | undefined {
  const paid = estimate.charged ? report.amount - estimate.amount : 0n;
  const owed = report.providerCost - estimate.providerCost;
  const { wallet = 0n, revenue = 0n, providerCost = 0n, providerPayable = 0n } = booked ?? {};
  const isRight =
    wallet === -paid && revenue === paid && providerCost === owed && providerPayable === -owed;
  return isRight ? undefined : 'what its true-up moves is not the difference';
}
