import type { CallIdentity } from './journal-record.js';
import { bytesOf, type JsonBytes } from '../../core/json-bytes.js';

const CLOSE_BRACE = 125;

const TAGS = bytesOf(',"tags":');
const NO_TAGS = bytesOf(',"tags":{}');
const SOURCE = bytesOf(',"source":');
const STREAM = bytesOf(',"stream":true');
const WHOLE = bytesOf(',"stream":false');
const SESSION = bytesOf(',"session":');
const ENDPOINT = bytesOf(',"endpoint":');
const STARTED_AT = bytesOf(',"startedAt":');
const REQUESTED_MODEL = bytesOf(',"requestedModel":');
const CLIENT_REQUEST_ID = bytesOf(',"clientRequestId":');
const REQUESTED_PROVIDER = bytesOf(',"requestedProvider":');

/** Writes who called and what for, as JSON; names in the order of JSONB. */
export function writeIdentity(to: JsonBytes, identity: CallIdentity): void {
  const caller = callerOf(identity);
  to.known(caller.keyBytes);
  writeTags(to, identity.tags);
  to.known(caller.memberBytes);
  to.textField(SOURCE, identity.source);
  to.known(identity.stream ? STREAM : WHOLE);
  to.known(caller.projectBytes);
  to.textField(SESSION, identity.session);
  to.known(ENDPOINT);
  to.string(identity.endpoint);
  to.known(STARTED_AT);
  to.number(identity.startedAt);
  to.known(caller.planBytes);
  to.known(REQUESTED_MODEL);
  to.string(identity.requestedModel);
  to.textField(CLIENT_REQUEST_ID, identity.clientRequestId);
  to.textField(REQUESTED_PROVIDER, identity.requestedProvider);
  to.byte(CLOSE_BRACE);
}

/** What the calls of a key have in common, as it is written. */
interface Caller extends Pick<
  CallIdentity,
  'organization' | 'project' | 'key' | 'member' | 'multiplier'
> {
  readonly keyBytes: Uint8Array;
  readonly memberBytes: Uint8Array;
  readonly projectBytes: Uint8Array;
  readonly planBytes: Uint8Array;
}

/** By the key; as many as are soon thrown away again where thousands of keys call now and then. */
const CALLERS = new Map<string, Caller>();
const MAX_CALLERS = 250;

function callerOf(identity: CallIdentity): Caller {
  const known = CALLERS.get(identity.key);
  if (known && isSameCaller(known, identity)) return known;
  const { organization, project, key, member, multiplier } = identity;
  const field = (name: string, value: string): string => `"${name}":${JSON.stringify(value)}`;
  const caller: Caller = {
    ...{ organization, project, key, member, multiplier },
    keyBytes: bytesOf(`{${field('key', key)}`),
    memberBytes: bytesOf(typeof member === 'string' ? `,${field('member', member)}` : ''),
    projectBytes: bytesOf(`,${field('project', project)}`),
    planBytes: bytesOf(
      `,${field('multiplier', multiplier)},${field('organization', organization)}`,
    ),
  };
  if (CALLERS.size >= MAX_CALLERS) CALLERS.clear();
  CALLERS.set(key, caller);
  return caller;
}

function isSameCaller(one: Caller, other: CallIdentity): boolean {
  return (
    one.organization === other.organization &&
    one.project === other.project &&
    one.member === other.member &&
    one.multiplier === other.multiplier
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
