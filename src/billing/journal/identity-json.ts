import type { CallIdentity } from './journal-record.js';
import { bytesOf, type JsonBytes } from '../../core/json-bytes.js';

const CLOSE_BRACE = 125;

const STREAM = bytesOf(',"stream":true,"requestedModel":');
const WHOLE = bytesOf(',"stream":false,"requestedModel":');
const REQUESTED_PROVIDER = bytesOf(',"requestedProvider":');
const SOURCE = bytesOf(',"source":');
const SESSION = bytesOf(',"session":');
const CLIENT_REQUEST_ID = bytesOf(',"clientRequestId":');
const TAGS = bytesOf(',"tags":');
const NO_TAGS = bytesOf(',"tags":{}');
const STARTED_AT = bytesOf(',"startedAt":');

/** Writes who called and what for, as JSON. */
export function writeIdentity(to: JsonBytes, identity: CallIdentity): void {
  to.known(callerBytes(identity));
  to.known(identity.stream ? STREAM : WHOLE);
  to.string(identity.requestedModel);
  writeText(to, REQUESTED_PROVIDER, identity.requestedProvider);
  writeText(to, SOURCE, identity.source);
  writeText(to, SESSION, identity.session);
  writeText(to, CLIENT_REQUEST_ID, identity.clientRequestId);
  writeTags(to, identity.tags);
  to.known(STARTED_AT);
  to.number(identity.startedAt);
  to.byte(CLOSE_BRACE);
}

/** What the calls of a key to an endpoint have in common, by the key. */
const CALLERS = new Map<string, Caller>();
const MAX_CALLERS = 10_000;

type Caller = Pick<
  CallIdentity,
  'organization' | 'project' | 'key' | 'member' | 'multiplier' | 'endpoint'
> & { readonly bytes: Uint8Array };

function callerBytes(identity: CallIdentity): Uint8Array {
  const known = CALLERS.get(identity.key);
  if (known && isSameCaller(known, identity)) return known.bytes;
  const { organization, project, key, member, multiplier, endpoint } = identity;
  const json = JSON.stringify({
    organization,
    project,
    key,
    member: member ?? undefined,
    multiplier,
    endpoint,
  });
  const bytes = bytesOf(json.slice(0, -1));
  if (CALLERS.size >= MAX_CALLERS) CALLERS.clear();
  CALLERS.set(key, { organization, project, key, member, multiplier, endpoint, bytes });
  return bytes;
}

function isSameCaller(one: Caller, other: CallIdentity): boolean {
  return (
    one.organization === other.organization &&
    one.project === other.project &&
    one.member === other.member &&
    one.multiplier === other.multiplier &&
    one.endpoint === other.endpoint
  );
}

function writeTags(to: JsonBytes, tags: CallIdentity['tags']): void {
  for (const _name in tags) {
    to.known(TAGS);
    to.value(tags);
    return;
  }
  to.known(NO_TAGS);
}

/** Writes a text behind its name where there is one. */
export function writeText(to: JsonBytes, name: Uint8Array, text: string | null | undefined): void {
  if (text === null || text === undefined) return;
  to.known(name);
  to.string(text);
}
