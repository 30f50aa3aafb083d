import { bytesOf, type JsonBytes } from '../../core/json-bytes.js';
import type { HoldEntry, Period, UseEntry } from '../quota/quota.js';
import type {
  Attempt,
  Charge,
  CloseRecord,
  JournalRecord,
  OpenRecord,
  ServedBy,
} from './journal-record.js';
import { writeIdentity } from './identity-json.js';
import { OftenWritten } from './often-written.js';

const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const CLOSE_BRACE = 125;

const CALL = bytesOf('{"call":');
const OPEN = bytesOf(',"type":"open","identity":');
const CLOSE = bytesOf(',"type":"close","charge":');
const IDENTITY = bytesOf(',"identity":');
const SERVED = bytesOf(',"served":');
const CHARGED = bytesOf(',"charged":true');
const NOT_CHARGED = bytesOf(',"charged":false');
const HOLDS = bytesOf(',"holds":');
const RANK = bytesOf('{"rank":');
const LINES = bytesOf(',"lines":[');
const METER = bytesOf('{"meter":');
const AMOUNT = bytesOf(',"amount":');
const QUANTITY = bytesOf(',"quantity":');
const UNITS = bytesOf('],"units":{');
const UNITS_END = bytesOf('},"amount":');
const PROVIDER_COST = bytesOf(',"providerCost":');
const QUOTAS = bytesOf(',"quotas":');
const STATUS = bytesOf(',"status":');
const OUTCOME = bytesOf(',"outcome":');
const ATTEMPTS = bytesOf(',"attempts":[');
const REASON = bytesOf('{"reason":');
const PROVIDER = bytesOf(',"provider":');
const ERROR_CODE = bytesOf(',"errorCode":');
const CREDENTIAL = bytesOf(',"credential":');
const DURATION = bytesOf(',"durationMs":');
const UPSTREAM_ID = bytesOf(',"upstreamId":');
const ATTEMPT_COSTS = bytesOf(',"attemptCosts":');
const FINISH_REASON = bytesOf(',"finishReason":');
const TIME_TO_FIRST_TOKEN = bytesOf(',"timeToFirstTokenMs":');

/**
 * Writes a record as JSON. It is put together by hand, for that is done twice a call. What is null is left out, and so
 * are zeros that say nothing: Postgres reads every byte once more. Names stand in the order of JSONB, shorter ones
 * first, so that it has nothing to sort.
 */
export function writeRecord(to: JsonBytes, record: JournalRecord): void {
  if (record.type === 'progress') return to.value(record);
  to.known(CALL);
  to.string(record.call);
  if (record.type === 'open') writeOpen(to, record);
  else writeClose(to, record);
  to.byte(CLOSE_BRACE);
}

function writeOpen(to: JsonBytes, record: OpenRecord): void {
  to.known(OPEN);
  writeIdentity(to, record.identity);
  writeServed(to, record.served);
  to.known(record.charged ? CHARGED : NOT_CHARGED);
  to.known(HOLDS);
  writeEntries(to, record.holds);
  to.textField(CREDENTIAL, record.credential);
  to.valueField(ATTEMPT_COSTS, record.attemptCosts);
}

function writeClose(to: JsonBytes, record: CloseRecord): void {
  const { timeToFirstTokenMs } = record;
  to.known(CLOSE);
  writeCharge(to, record.charge);
  to.known(QUOTAS);
  writeEntries(to, record.quotas);
  writeServed(to, record.served);
  to.known(STATUS);
  to.number(record.status);
  to.known(OUTCOME);
  to.string(record.outcome);
  writeAttempts(to, record.attempts);
  to.known(IDENTITY);
  writeIdentity(to, record.identity);
  to.textField(ERROR_CODE, record.errorCode);
  to.textField(CREDENTIAL, record.credential);
  to.known(DURATION);
  to.number(record.durationMs);
  to.textField(UPSTREAM_ID, record.upstreamId);
  to.valueField(ATTEMPT_COSTS, record.attemptCosts);
  to.textField(FINISH_REASON, record.finishReason);
  if (typeof timeToFirstTokenMs !== 'number') return;
  to.known(TIME_TO_FIRST_TOKEN);
  to.number(timeToFirstTokenMs);
}

function writeServed(to: JsonBytes, served: ServedBy | null): void {
  to.known(SERVED);
  if (served === null) to.value(null);
  else to.known(servedBytes(served));
}

/** Many calls are served by one offer at one price; their records hold the same object. */
const KNOWN_SERVED = new WeakMap<object, Uint8Array>();

function servedBytes(served: object): Uint8Array {
  const known = KNOWN_SERVED.get(served);
  if (known !== undefined) return known;
  const bytes = bytesOf(JSON.stringify(served));
  KNOWN_SERVED.set(served, bytes);
  return bytes;
}

function writeCharge(to: JsonBytes, charge: Charge): void {
  to.known(RANK);
  to.string(charge.rank);
  to.known(LINES);
  for (const { meter, quantity, amount } of charge.lines) {
    to.separate();
    to.known(METER);
    to.string(meter);
    to.known(AMOUNT);
    to.string(amount);
    to.known(QUANTITY);
    to.number(quantity);
    to.byte(CLOSE_BRACE);
  }
  to.known(UNITS);
  writeUnits(to, charge.units);
  to.known(UNITS_END);
  to.string(charge.amount);
  to.known(charge.charged ? CHARGED : NOT_CHARGED);
  to.known(PROVIDER_COST);
  to.string(charge.providerCost);
  to.byte(CLOSE_BRACE);
}

/** OpenAI tells them of every answer, mostly as 0; no price, report or log tells that from not told. */
const MOSTLY_ZERO: ReadonlySet<string> = new Set([
  'promptAudioTokens',
  'completionAudioTokens',
  'acceptedPredictionTokens',
  'rejectedPredictionTokens',
]);
const COLON = 58;

function writeUnits(to: JsonBytes, units: Charge['units']): void {
  for (const name in units) {
    const count = units[name];
    if (count === undefined || (count === 0 && MOSTLY_ZERO.has(name))) continue;
    to.separate();
    to.string(name);
    to.byte(COLON);
    if (typeof count === 'number') to.number(count);
    else to.value(count);
  }
}

function writeAttempts(to: JsonBytes, attempts: readonly Attempt[]): void {
  to.known(ATTEMPTS);
  for (const { provider, status, reason } of attempts) {
    to.separate();
    to.known(REASON);
    to.string(reason);
    to.known(STATUS);
    to.number(status);
    to.known(PROVIDER);
    to.string(provider);
    to.byte(CLOSE_BRACE);
  }
  to.byte(CLOSE_BRACKET);
}

function writeEntries(to: JsonBytes, entries: readonly (HoldEntry | UseEntry)[]): void {
  to.byte(OPEN_BRACKET);
  for (const entry of entries) {
    to.separate();
    writeHead(to, entry[0], entry[1]);
    for (let place = 2; place < entry.length; place++) {
      to.byte(COMMA);
      to.string(entry[place] as string);
    }
    to.byte(CLOSE_BRACKET);
  }
  to.byte(CLOSE_BRACKET);
}

/** How the entries of a quota begin in one window of it. */
const HEADS = new OftenWritten<{ readonly period: Period; readonly bytes: Uint8Array }>(1_000);

function writeHead(to: JsonBytes, quota: string, period: Period): void {
  const known = HEADS.get(quota);
  if (known?.period === period) to.known(known.bytes);
  else writeHeadAnew(to, quota, period);
}

function writeHeadAnew(to: JsonBytes, quota: string, period: Period): void {
  const start = to.end;
  to.byte(OPEN_BRACKET);
  to.string(quota);
  to.byte(COMMA);
  to.number(period);
  HEADS.missed(quota, () => ({ period, bytes: to.copyFrom(start) }));
}
