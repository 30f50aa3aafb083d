import { bytesOf, JsonBytes } from '../../core/json-bytes.js';
import type { CallIdentity } from './journal-record.js';
import { OftenWritten } from './often-written.js';

const CLOSE_BRACE = 125;
/** Bytes; it grows where a part is longer. */
const PART_SIZE = 128;

const KEY = bytesOf('{"key":');
const TAGS = bytesOf(',"tags":');
const NO_TAGS = bytesOf(',"tags":{}');
const MEMBER = bytesOf(',"member":');
const SOURCE = bytesOf(',"source":');
const STREAM = bytesOf(',"stream":true');
const WHOLE = bytesOf(',"stream":false');
const PROJECT = bytesOf(',"project":');
const SESSION = bytesOf(',"session":');
const ENDPOINT = bytesOf(',"endpoint":');
const STARTED_AT = bytesOf(',"startedAt":');
const MULTIPLIER = bytesOf(',"multiplier":');
const ORGANIZATION = bytesOf(',"organization":');
const REQUESTED_MODEL = bytesOf(',"requestedModel":');
const CLIENT_REQUEST_ID = bytesOf(',"clientRequestId":');
const REQUESTED_PROVIDER = bytesOf(',"requestedProvider":');

/** Writes who called and what for, as JSON; names in the order of JSONB. */
export function writeIdentity(to: JsonBytes, identity: CallIdentity): void {
  const caller = knownCaller(identity);
  writePart(to, 'key', identity, caller);
  writeTags(to, identity.tags);
  writePart(to, 'member', identity, caller);
  to.textField(SOURCE, identity.source);
  to.known(identity.stream ? STREAM : WHOLE);
  writePart(to, 'project', identity, caller);
  to.textField(SESSION, identity.session);
  to.known(ENDPOINT);
  to.string(identity.endpoint);
  to.known(STARTED_AT);
  to.number(identity.startedAt);
  writePart(to, 'plan', identity, caller);
  to.known(REQUESTED_MODEL);
  to.string(identity.requestedModel);
  to.textField(CLIENT_REQUEST_ID, identity.clientRequestId);
  to.textField(REQUESTED_PROVIDER, identity.requestedProvider);
  to.byte(CLOSE_BRACE);
}

type Owner = Pick<CallIdentity, 'organization' | 'project' | 'key' | 'member' | 'multiplier'>;
type Part = 'key' | 'member' | 'project' | 'plan';

/** What the calls of a key have in common. */
const PARTS: Readonly<Record<Part, (to: JsonBytes, owner: Owner) => void>> = {
  key(to, { key }) {
    to.known(KEY);
    to.string(key);
  },
  member(to, { member }) {
    to.textField(MEMBER, member);
  },
  project(to, { project }) {
    to.known(PROJECT);
    to.string(project);
  },
  plan(to, { multiplier, organization }) {
    to.known(MULTIPLIER);
    to.string(multiplier);
    to.known(ORGANIZATION);
    to.string(organization);
  },
};

/** The same, as it is written. */
interface Caller extends Owner {
  readonly parts: Readonly<Record<Part, Uint8Array>>;
}

/** By the key. */
const CALLERS = new OftenWritten<Caller>(250);

function writePart(to: JsonBytes, part: Part, owner: Owner, caller: Caller | undefined): void {
  if (caller) to.known(caller.parts[part]);
  else PARTS[part](to, owner);
}

function knownCaller(identity: CallIdentity): Caller | undefined {
  const known = CALLERS.get(identity.key);
  if (known && isSameCaller(known, identity)) return known;
  missCaller(identity);
  return undefined;
}

/** By itself: a function that a closure takes variables of allocates them at each call. */
function missCaller(identity: CallIdentity): void {
  CALLERS.missed(identity.key, () => callerOf(identity));
}

function callerOf({ organization, project, key, member, multiplier }: Owner): Caller {
  const owner = { organization, project, key, member, multiplier };
  const written = (part: Part): Uint8Array => {
    const bytes = new JsonBytes(PART_SIZE);
    PARTS[part](bytes, owner);
    return bytes.copyFrom(0);
  };
  const parts = {
    key: written('key'),
    member: written('member'),
    project: written('project'),
    plan: written('plan'),
  };
  return { ...owner, parts };
}

function isSameCaller(one: Owner, other: Owner): boolean {
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
