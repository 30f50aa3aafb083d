import type { TallyEntry } from '../../src/sandbox/tally.js';
import type { BookedEvent } from './books.js';
import type { CallSeen } from './call-sight.js';
import { likelyInput, likelyOutput } from './likely-usage.js';

type Fault = string | undefined;

/**
 * What is wrong with the figures of a call whose gateway was killed: it owes what was on record of its answer, which is
 * nothing where the answer comes in one piece.
 */
export function cutFault(
  seen: CallSeen,
  counted: TallyEntry | undefined,
  event: BookedEvent,
): Fault {
  if (event.rank !== 'estimate') return 'it was cut off and is no estimate';
  if (seen.stream) return streamFault(seen, seen.recorded, counted, event);
  return isNothing(event) ? undefined : 'nothing of it was given and something is charged';
}

/**
 * What is wrong with the figures of a call whose client left: a stream owes what was produced until its provider was told;
 * an answer in one piece its input, once the provider was asked. What was read to its end all the same is exact.
 */
export function goneFault(
  seen: CallSeen,
  counted: TallyEntry | undefined,
  event: BookedEvent,
): Fault {
  if (event.rank === 'final' && !isNothing(event)) return endFault(counted, event);
  // A client that has a piece has it from the gateway, which had counted it by then. The first one is the role.
  if (seen.stream) return streamFault(seen, Math.max(0, seen.pieces - 1), counted, event);
  if (event.completionTokens > 0) return 'nothing of its answer was read and output is charged';
  if (event.promptTokens === likelyInput(seen.plan)) return undefined;
  return counted === undefined && isNothing(event) ? undefined : INPUT;
}

/** What is wrong with figures that a provider told at the end of its answer. */
export function endFault(counted: TallyEntry | undefined, event?: BookedEvent): Fault {
  if (!counted?.finished) return 'it is booked as read to its end and its provider never finished';
  return event?.completionTokens === counted.completionTokens &&
    event.promptTokens === counted.promptTokens
    ? undefined
    : 'its tokens are not what the provider counted';
}

const INPUT = 'its input is not the estimate of what was asked';

/** @param given pieces at the least, each a token or more, that are to be paid for */
function streamFault(
  { plan }: CallSeen,
  given: number,
  counted: TallyEntry | undefined,
  { promptTokens, completionTokens }: BookedEvent,
): Fault {
  const sent = counted?.completionTokens ?? 0;
  if (completionTokens > likelyOutput(plan, sent))
    return 'more is charged than its provider had sent';
  if (completionTokens < likelyOutput(plan, Math.min(given, sent)))
    return 'less is charged than its client had been given';
  const input = completionTokens > 0 ? likelyInput(plan) : 0;
  return promptTokens === input ? undefined : INPUT;
}

function isNothing({ promptTokens, completionTokens, amount }: BookedEvent): boolean {
  return promptTokens === 0 && completionTokens === 0 && amount === 0n;
}
