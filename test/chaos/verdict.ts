import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { BookedCall, BookedEvent, BookedTransaction } from './books.js';
import type { CallSeen } from './call-sight.js';
import { cutFault, endFault, goneFault } from './estimate-verdict.js';

/** What the three witnesses say of one call. */
export interface Evidence {
  readonly seen: CallSeen;
  readonly booked: readonly BookedCall[];
  readonly tallied: readonly TallyEntry[];
}

export type Charge = 'lost' | 'double' | 'wrong';

export interface Finding {
  readonly charge: Charge;
  readonly because: string;
  readonly evidence: Evidence;
}

/**
 * Judges one call. Whoever saw the end is booked once, as seen and as the provider counted. Of any other call there
 * is one row if its provider was called or its answer began, and never more than one.
 */
export function judge(evidence: Evidence): Finding | undefined {
  const [charge, because] = accuse(evidence) ?? [];
  return charge && because ? { charge, because, evidence } : undefined;
}

type Accusation = readonly [charge: Charge, because: string];

function accuse(evidence: Evidence): Accusation | undefined {
  const { seen, booked, tallied } = evidence;
  if (seen.fate === 'hung') return ['wrong', 'the client never got an end'];
  if (tallied.length > 1) return ['wrong', 'its provider was called more than once'];
  if (booked.length > 1) return ['double', 'it has more than one row in the request log'];
  const [call] = booked;
  if (!call) return mustBeBooked(evidence) ? ['lost', 'it is not in the request log'] : undefined;
  const several = call.events.length > 1 || call.transactions.length > 1;
  if (several) return ['double', 'it is charged more than once'];
  return accuseBooked(evidence, call);
}

/** The record of a call is on the disk before its provider is called. */
function mustBeBooked({ seen, tallied }: Evidence): boolean {
  return seen.fate === 'complete' || seen.callId !== undefined || tallied.length > 0;
}

function accuseBooked(evidence: Evidence, call: BookedCall): Accusation | undefined {
  const [event] = call.events;
  if (event?.revision !== 1) return ['lost', 'it has no usage event'];
  const reason =
    billFault(event) ??
    ledgerFault(event, call.transactions[0] ?? NOTHING) ??
    RULES[evidence.seen.fate](evidence, call);
  return reason === undefined ? undefined : ['wrong', reason];
}

const NOTHING: BookedTransaction = {
  revision: 1,
  wallet: 0n,
  revenue: 0n,
  providerCost: 0n,
  providerPayable: 0n,
};

/** The lines are the tokens that were used, each at its price, and the amount is their sum. */
function billFault(event: BookedEvent): string | undefined {
  if (event.lines !== event.amount) return 'its cost lines do not sum to its amount';
  if (event.priced !== event.lines) return 'its cost lines are not at the price';
  return event.inputBilled === event.promptTokens && event.outputBilled === event.completionTokens
    ? undefined
    : 'its cost lines are not of the tokens that it used';
}

/** The tenant pays its charge, and our debt to the provider is what the provider asks, both to the last digit. */
function ledgerFault(event: BookedEvent, booked: BookedTransaction): string | undefined {
  const { wallet, revenue, providerCost, providerPayable } = booked;
  const charge = event.charged ? event.amount : 0n;
  if (wallet !== -charge || revenue !== charge) return 'its ledger transaction is not its amount';
  if (providerCost !== event.providerCost || providerPayable !== -event.providerCost)
    return 'what its provider is owed is not what the provider asks';
  // The sandbox is at list price, and the tenants of these scenarios have neither plan nor credentials of their own.
  return event.providerCost === event.amount ? undefined : 'its provider asks another amount';
}

/** What is wrong with the row of a call, by what became of it for its client. */
const RULES: Readonly<
  Record<CallSeen['fate'], (evidence: Evidence, call: BookedCall) => string | undefined>
> = {
  complete: asSeen,
  refused: (_evidence, { events }) =>
    events[0]?.amount === 0n ? undefined : 'it was refused and costs something',
  cut: orderlyEstimate,
  unanswered: orderlyEstimate,
  unconnected: () => 'it was booked and never sent',
  left: ({ seen, tallied: [counted] }, { outcome, events: [event] }) => {
    if (outcome === 'completed') return endFault(counted, event);
    if (outcome !== 'client_gone') return `its client left and its outcome is ${outcome}`;
    return event && goneFault(seen, counted, event);
  },
  hung: () => undefined,
};

function asSeen({ seen, tallied }: Evidence, { outcome, events }: BookedCall): string | undefined {
  const [event] = events;
  const [counted] = tallied;
  const { usage } = seen;
  if (outcome !== 'completed' || event?.rank !== 'final')
    return 'it was seen whole and is not final';
  if (!usage || event.amount !== usage.cost) return 'it costs what the client was not told';
  if (
    event.promptTokens !== usage.promptTokens ||
    event.completionTokens !== usage.completionTokens
  )
    return 'its tokens are not those that the client was told';
  if (event.promptTokens !== counted?.promptTokens)
    return 'its input is not what the provider counted';
  if (event.completionTokens !== counted.completionTokens)
    return 'its output is not what the provider counted';
  return undefined;
}

/** Cut off by the gateway's end: an estimate, or complete in the journal before the last bytes were lost. Or an error. */
function orderlyEstimate(
  { seen, tallied: [counted] }: Evidence,
  { outcome, events: [event] }: BookedCall,
): string | undefined {
  if (outcome === 'completed') return endFault(counted, event);
  if (outcome === 'failed' && seen.errorCode !== undefined)
    return event?.amount === 0n ? undefined : 'it failed and costs something';
  if (outcome !== 'interrupted') return `it was cut off and its outcome is ${outcome}`;
  return event && cutFault(seen, counted, event);
}
