import { KEY_BYTES } from './envelope.js';

/** Key-encryption keys by id: the current one wraps, all of them unwrap. */
export interface KeyRing {
  readonly currentId: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/;
/** Of 32 random bytes, fewer different ones than this do not come in the life of the universe. */
const FEWEST_DIFFERENT_BYTES = 12;

/**
 * Reads `id:base64` entries of 32-byte keys, the current one first, with commas, spaces or lines between them.
 * @throws Error that says what is wrong, without showing a key
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Uint8Array>();
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  entries.forEach((entry, index) => {
    const [, id, encoded] = ENTRY.exec(entry) ?? [];
    if (id === undefined || encoded === undefined)
      throw new Error(`entry ${index + 1} is not an id, a colon and 32 bytes in base64`);
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== KEY_BYTES || new Set(key).size < FEWEST_DIFFERENT_BYTES)
      throw new Error(`key ${id} is not random; make one with: openssl rand -base64 32`);
    if (keys.has(id)) throw new Error(`the id ${id} stands for two keys`);
    keys.set(id, key);
  });
  const [currentId] = keys.keys();
  if (currentId === undefined) throw new Error('there is no key in it');
  return { currentId, keys };
}

/** A key as `parseKeyRing` reads it. */
export function formatKey(id: string, key: Uint8Array): string {
  return `${id}:${Buffer.from(key).toString('base64')}`;
}

/** Why the setting cannot be used, or undefined if it can. Only outside production may it be absent. */
export function keyRingProblem(
  text: string | undefined,
  isProduction: boolean,
): string | undefined {
  if (text === undefined) {
    if (!isProduction) return undefined;
    return 'must be set in production: k1:<the output of openssl rand -base64 32>. Keep a copy apart from the database: without it no stored credential can be read';
  }
  try {
    parseKeyRing(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
