import { crc32 } from 'node:zlib';
import type { Rank } from '../../core/usage.js';

/** Who called and what for; the same in every record of a call. */
export interface CallIdentity {
  readonly organization: string;
  readonly project: string;
  readonly key: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly requestedModel: string;
  readonly requestedProvider: string | null;
  readonly source: string | null;
  readonly session: string | null;
  readonly clientRequestId: string | null;
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
  /** What the provider asks of us: list price without the plan's multiplier. */
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

/** Money was set aside and the provider is about to be called. A further open of the same call replaces it. */
export interface OpenRecord {
  readonly type: 'open';
  readonly call: string;
  readonly identity: CallIdentity;
  readonly served: ServedBy;
  /** Decimal USD. */
  readonly hold: string;
}

/** What a running stream has used so far. */
export interface ProgressRecord {
  readonly type: 'progress';
  readonly call: string;
  readonly charge: Charge;
}

export type CallOutcome = 'completed' | 'failed' | 'interrupted' | 'client_gone' | 'refused';

/** The end of a call, complete in itself. */
export interface CloseRecord {
  readonly type: 'close';
  readonly call: string;
  readonly identity: CallIdentity;
  /** Null if no target was ever called. */
  readonly served: ServedBy | null;
  readonly charge: Charge;
  readonly outcome: CallOutcome;
  /** HTTP status that the client saw, or would have seen. */
  readonly status: number;
  readonly errorCode: string | null;
  readonly finishReason: string | null;
  readonly upstreamId: string | null;
  readonly attempts: readonly Attempt[];
  readonly durationMs: number;
  readonly timeToFirstTokenMs: number | null;
}

export type JournalRecord = OpenRecord | ProgressRecord | CloseRecord;

/** A record as it stands in a segment. */
export interface JournalLine {
  readonly sequence: number;
  readonly record: JournalRecord;
}

/** One line of a segment: checksum of the rest in hex, sequence number, record as JSON, line feed. */
export function encodeLine(sequence: number, record: JournalRecord): string {
  const body = `${sequence} ${recordJson(record)}`;
  return `${checksum(body)} ${body}\n`;
}

/** The JSON of parts that several records share: of a call its identity, of many calls their offer. */
const KNOWN_PARTS = new WeakMap<object, string>();

function partJson(part: object | null): string {
  if (part === null) return 'null';
  const known = KNOWN_PARTS.get(part);
  if (known !== undefined) return known;
  const json = JSON.stringify(part);
  KNOWN_PARTS.set(part, json);
  return json;
}

/** JSON.stringify of a record, put together from parts that are known already. */
function recordJson(record: JournalRecord): string {
  if (record.type === 'progress') return JSON.stringify(record);
  const { type, call, identity, served } = record;
  const head = `{"type":"${type}","call":"${call}","identity":${partJson(identity)},"served":${partJson(served)}`;
  if (record.type === 'open') return `${head},"hold":"${record.hold}"}`;
  const { charge, outcome, status, attempts, durationMs, timeToFirstTokenMs } = record;
  return (
    `${head},"charge":${JSON.stringify(charge)},"outcome":"${outcome}","status":${status}` +
    `,"errorCode":${JSON.stringify(record.errorCode)},"finishReason":${JSON.stringify(record.finishReason)}` +
    `,"upstreamId":${JSON.stringify(record.upstreamId)},"attempts":${JSON.stringify(attempts)}` +
    `,"durationMs":${durationMs},"timeToFirstTokenMs":${timeToFirstTokenMs}}`
  );
}

/** Reads a line without its line feed; undefined if it is torn or was changed. */
export function decodeLine(line: string): JournalLine | undefined {
  const body = line.slice(CHECKSUM_LENGTH + 1);
  if (line.charAt(CHECKSUM_LENGTH) !== ' ' || line.slice(0, CHECKSUM_LENGTH) !== checksum(body))
    return undefined;
  const space = body.indexOf(' ');
  return {
    sequence: Number(body.slice(0, space)),
    record: JSON.parse(body.slice(space + 1)) as JournalRecord,
  };
}

const CHECKSUM_LENGTH = 8;

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
