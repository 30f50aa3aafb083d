import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 40;
const CHECKSUM_LENGTH = 6;
const PREFIX_LENGTH = 8;

/** Kinds of keys: `osm_` for the API, `osmadm_` for the admin API. */
export type KeyKind = 'osm_' | 'osmadm_';

export interface NewKey {
  /** Shown once, never stored. */
  readonly key: string;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** The first characters, by which people tell keys apart. */
  readonly prefix: string;
}

/** A new key: kind, 40 random base62 characters (238 bits), 6 characters of checksum. */
export function createKey(kind: KeyKind): NewKey {
  const body = `${kind}${randomBase62(SECRET_LENGTH)}`;
  return describeKey(`${body}${checksum(body)}`);
}

/** A key as it is stored. */
export function describeKey(key: string): NewKey {
  const secretStart = key.indexOf('_') + 1;
  return { key, hash: hashKey(key), prefix: key.slice(0, secretStart + PREFIX_LENGTH) };
}

export function hashKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash('sha256', key, 'buffer'));
}

/** The same hash in hex, under which keys are held in memory. */
export function hashKeyHex(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Whether a text has the form of a key of this kind; a typo is told without asking the database. */
export function isWellFormedKey(key: string, kind: KeyKind): boolean {
  if (key.length !== kind.length + SECRET_LENGTH + CHECKSUM_LENGTH || !key.startsWith(kind))
    return false;
  const body = key.slice(0, -CHECKSUM_LENGTH);
  return key.slice(-CHECKSUM_LENGTH) === checksum(body);
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return text;
}

/** Bytes above the last whole multiple of 62 are thrown away, so that every character is equally likely. */
function randomBase62(length: number): string {
  const limit = 256 - (256 % ALPHABET.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && text.length < length) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text;
}
