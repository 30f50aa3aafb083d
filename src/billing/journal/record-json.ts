import { jsonString } from '../../core/json-text.js';
import type { HoldEntry, UseEntry } from '../quota/quota.js';
import type {
  Attempt,
  CallIdentity,
  Charge,
  CloseRecord,
  JournalRecord,
  OpenRecord,
} from './journal-record.js';

/**
 * The JSON of a record. It is put together by hand, for it is written twice a call: 6 µs a call with its two lines'
 * checksums, where JSON.stringify of the whole took 20. What is null is left out, and so are zeros that say
 * nothing: Postgres reads every byte once more.
 */
export function recordJson(record: JournalRecord): string {
  if (record.type === 'progress') return JSON.stringify(record);
  const head = `{"type":"${record.type}","call":"${record.call}","identity":${identityOf(record)},"served":${servedJson(record.served)}`;
  if (record.type === 'open') {
    return `${head},"charged":${record.charged},"holds":${entriesJson(record.holds)}${lateJson(record)}}`;
  }
  const { outcome, status, durationMs, timeToFirstTokenMs } = record;
  return (
    `${head},"charge":${chargeJson(record.charge)},"quotas":${entriesJson(record.quotas)}` +
    `,"outcome":"${outcome}","status":${status}${field('errorCode', record.errorCode)}` +
    `${field('finishReason', record.finishReason)}${field('upstreamId', record.upstreamId)}` +
    `,"attempts":${attemptsJson(record.attempts)}${lateJson(record)},"durationMs":${durationMs}` +
    `${typeof timeToFirstTokenMs === 'number' ? `,"timeToFirstTokenMs":${timeToFirstTokenMs}` : ''}}`
  );
}

/** Of the calls that are open: their ends say it once more. */
const OPENED = new WeakMap<CallIdentity, string>();

function identityOf({ type, identity }: OpenRecord | CloseRecord): string {
  const opened = OPENED.get(identity);
  const json = opened ?? identityJson(identity);
  if (type === 'close') OPENED.delete(identity);
  else if (opened === undefined) OPENED.set(identity, json);
  return json;
}

function identityJson(identity: CallIdentity): string {
  return (
    `{"organization":${jsonString(identity.organization)},"project":${jsonString(identity.project)}` +
    `,"key":${jsonString(identity.key)}${field('member', identity.member)},"multiplier":"${identity.multiplier}"` +
    `,"endpoint":"${identity.endpoint}","stream":${identity.stream}` +
    `,"requestedModel":${jsonString(identity.requestedModel)}${field('requestedProvider', identity.requestedProvider)}` +
    `${field('source', identity.source)}${field('session', identity.session)}` +
    `${field('clientRequestId', identity.clientRequestId)},"tags":${tagsJson(identity.tags)}` +
    `,"startedAt":${identity.startedAt}}`
  );
}

/** Many calls are served by one offer at one price; their records hold the same object. */
const KNOWN_PARTS = new WeakMap<object, string>();

function servedJson(served: object | null): string {
  if (served === null) return 'null';
  const known = KNOWN_PARTS.get(served);
  if (known !== undefined) return known;
  const json = JSON.stringify(served);
  KNOWN_PARTS.set(served, json);
  return json;
}

function tagsJson(tags: CallIdentity['tags']): string {
  for (const _name in tags) return JSON.stringify(tags);
  return '{}';
}

function chargeJson(charge: Charge): string {
  let lines = '';
  for (const { meter, quantity, amount } of charge.lines) {
    lines += `${lines === '' ? '' : ','}{"meter":"${meter}","quantity":${quantity},"amount":"${amount}"}`;
  }
  return (
    `{"units":${unitsJson(charge.units)},"lines":[${lines}],"amount":"${charge.amount}"` +
    `,"providerCost":"${charge.providerCost}","charged":${charge.charged},"rank":"${charge.rank}"}`
  );
}

/** OpenAI tells them of every answer, mostly as 0; no price, report or log tells that from not told. */
const MOSTLY_ZERO: ReadonlySet<string> = new Set([
  'promptAudioTokens',
  'completionAudioTokens',
  'acceptedPredictionTokens',
  'rejectedPredictionTokens',
]);

function unitsJson(units: Charge['units']): string {
  let json = '';
  for (const name in units) {
    const count = units[name];
    if (count === undefined || (count === 0 && MOSTLY_ZERO.has(name))) continue;
    const value = typeof count === 'number' ? numberText(count) : JSON.stringify(count);
    json += `${json === '' ? '' : ','}"${name}":${value}`;
  }
  return `{${json}}`;
}

function numberText(count: number): string {
  return Number.isSafeInteger(count) ? String(count) : JSON.stringify(count);
}

function attemptsJson(attempts: readonly Attempt[]): string {
  let json = '';
  for (const { provider, status, reason } of attempts) {
    json += `${json === '' ? '' : ','}{"provider":${jsonString(provider)},"status":${status},"reason":${jsonString(reason)}}`;
  }
  return `[${json}]`;
}

/** What few records have. */
function lateJson({
  credential,
  attemptCosts,
}: Pick<CloseRecord, 'credential' | 'attemptCosts'>): string {
  const asked = credential === undefined ? '' : `,"credential":${jsonString(credential)}`;
  return attemptCosts === undefined
    ? asked
    : `${asked},"attemptCosts":${JSON.stringify(attemptCosts)}`;
}

/** Amounts and kinds are plain text. */
function entriesJson(entries: readonly (HoldEntry | UseEntry)[]): string {
  let json = '';
  for (const entry of entries) {
    json += `${json === '' ? '' : ','}[${jsonString(entry[0])},${entry[1]}`;
    for (let place = 2; place < entry.length; place++) json += `,"${entry[place]}"`;
    json += ']';
  }
  return `[${json}]`;
}

function field(name: string, value: string | null | undefined): string {
  return value === null || value === undefined ? '' : `,"${name}":${jsonString(value)}`;
}
