import type { Rank } from '../../core/usage.js';
import type { HoldEntry, UseEntry } from '../quota/quota.js';

/** Null where it is not known; in a journal it is left out then. */
type Known<Value> = Value | null | undefined;

/** Who called and what for; the same in every record of a call. */
export interface CallIdentity {
  readonly organization: string;
  readonly project: string;
  readonly key: string;
  /** Whose key it is; the project's own has none. */
  readonly member?: Known<string>;
  /** The plan's factor on list prices, as a decimal. */
  readonly multiplier: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly requestedModel: string;
  readonly requestedProvider?: Known<string>;
  readonly source?: Known<string>;
  readonly session?: Known<string>;
  readonly clientRequestId?: Known<string>;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Which offer answered, at which price. */
export interface ServedBy {
  readonly provider: string;
  readonly model: string;
  readonly offer: string;
  readonly upstreamModel: string;
  readonly priceVersion: string;
}

/** What was used so far and what it costs. Amounts are decimal USD. */
export interface Charge {
  readonly units: Readonly<Record<string, unknown>>;
  readonly lines: readonly {
    readonly meter: string;
    readonly quantity: number;
    readonly amount: string;
  }[];
  /** What the tenant pays: the sum of the lines. */
  readonly amount: string;
  /**
   * What the provider asks of us where the credentials are ours: what it reported, else the list price without the
   * plan's multiplier.
   */
  readonly providerCost: string;
  /** False with the organization's own provider key: shown, not taken from the wallet. */
  readonly charged: boolean;
  readonly rank: Rank;
}

export interface Attempt {
  readonly provider: string;
  readonly status: number;
  /** `ok`, or the code of the error. */
  readonly reason: string;
}

/**
 * What a call cost us beside its answer: an attempt that failed after its provider had told a usage, or a search that the
 * gateway ran for it. Decimal USD, more than nothing.
 */
export interface AttemptCost {
  readonly provider: string;
  readonly model: string;
  readonly cost: string;
}

/**
 * What the call needs was set aside and the provider is about to be called. A further open of the same call replaces it.
 */
export interface OpenRecord {
  readonly type: 'open';
  readonly call: string;
  readonly identity: CallIdentity;
  readonly served: ServedBy;
  /** Whether the wallet will pay; not with the organization's own provider key. */
  readonly charged: boolean;
  readonly holds: readonly HoldEntry[];
  /** Whose key asks the provider, where that can be asked later what the call cost. */
  readonly credential?: string | undefined;
  /** Of the attempts before this one and of a search; absent where they cost nothing. */
  readonly attemptCosts?: readonly AttemptCost[] | undefined;
}

/** What a running stream has used so far. */
export interface ProgressRecord {
  readonly type: 'progress';
  readonly call: string;
  readonly charge: Charge;
  /** The provider's own id of the answer. */
  readonly upstreamId?: string;
}

export type CallOutcome = 'completed' | 'failed' | 'interrupted' | 'client_gone' | 'refused';

/** The end of a call, complete in itself. */
export interface CloseRecord {
  readonly type: 'close';
  readonly call: string;
  readonly identity: CallIdentity;
  /** Null if no target was ever called. */
  readonly served: ServedBy | null;
  /** As in the open record. */
  readonly credential?: string | undefined;
  /** Of the attempts before the one that served the call, or failed last, and of a search. */
  readonly attemptCosts?: readonly AttemptCost[] | undefined;
  readonly charge: Charge;
  /** What it takes of the limits that it counts in. Empty where nothing was set aside. */
  readonly quotas: readonly UseEntry[];
  readonly outcome: CallOutcome;
  /** HTTP status that the client saw, or would have seen. */
  readonly status: number;
  readonly errorCode?: Known<string>;
  readonly finishReason?: Known<string>;
  readonly upstreamId?: Known<string>;
  readonly attempts: readonly Attempt[];
  readonly durationMs: number;
  readonly timeToFirstTokenMs?: Known<number>;
}

export type JournalRecord = OpenRecord | ProgressRecord | CloseRecord;

/** A record as it stands in a segment. */
export interface JournalLine {
  readonly sequence: number;
  readonly record: JournalRecord;
}
