import type { CallIdentity, Charge, JournalRecord } from './journal-record.js';

/**
 * The JSON of a record. It is put together by hand, for it is written twice a call: JSON.stringify of the whole took
 * three times as long.
 */
export function recordJson(record: JournalRecord): string {
  if (record.type === 'progress') return JSON.stringify(record);
  const head = `{"type":"${record.type}","call":"${record.call}","identity":${identityJson(record.identity)},"served":${servedJson(record.served)}`;
  if (record.type === 'open') return `${head},"hold":"${record.hold}"}`;
  const { charge, outcome, status, attempts, durationMs, timeToFirstTokenMs } = record;
  return (
    `${head},"charge":${chargeJson(charge)},"outcome":"${outcome}","status":${status}` +
    `,"errorCode":${text(record.errorCode)},"finishReason":${text(record.finishReason)}` +
    `,"upstreamId":${text(record.upstreamId)},"attempts":${JSON.stringify(attempts)}` +
    `,"durationMs":${durationMs},"timeToFirstTokenMs":${timeToFirstTokenMs}}`
  );
}

function identityJson(identity: CallIdentity): string {
  return (
    `{"organization":${text(identity.organization)},"project":${text(identity.project)}` +
    `,"key":${text(identity.key)},"endpoint":"${identity.endpoint}","stream":${identity.stream}` +
    `,"requestedModel":${text(identity.requestedModel)},"requestedProvider":${text(identity.requestedProvider)}` +
    `,"source":${text(identity.source)},"session":${text(identity.session)}` +
    `,"clientRequestId":${text(identity.clientRequestId)},"tags":${JSON.stringify(identity.tags)}` +
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

function chargeJson(charge: Charge): string {
  let lines = '';
  for (const { meter, quantity, amount } of charge.lines) {
    lines += `${lines === '' ? '' : ','}{"meter":"${meter}","quantity":${quantity},"amount":"${amount}"}`;
  }
  return (
    `{"units":${JSON.stringify(charge.units)},"lines":[${lines}],"amount":"${charge.amount}"` +
    `,"providerCost":"${charge.providerCost}","charged":${charge.charged},"rank":"${charge.rank}"}`
  );
}

function text(value: string | null): string {
  return value === null ? 'null' : JSON.stringify(value);
}
