import { createCipheriv, createDecipheriv } from 'node:crypto';

/** AES-256-GCM. Sizes in bytes: the nonce and tag of NIST SP 800-38D, sections 8.2.1 and 5.2.1.2. */
export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 1;
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * Parts as one run of bytes from which they could be told apart again: each has its length before it, so that
 * ['ab', 'c'] and ['a', 'bc'] differ.
 */
export function joinParts(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * Format, nonce, tag and ciphertext in one piece. `context` must be the same when it is opened.
 * @param nonce must never come twice with the same key
 */
export function encrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  plain: Uint8Array,
  context: readonly string[],
): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Uint8Array.from(Buffer.concat([Uint8Array.of(FORMAT), nonce, cipher.getAuthTag(), body]));
}

/** What was encrypted. @throws Error for another key or context, another format, or a changed byte */
export function decrypt(
  key: Uint8Array,
  sealed: Uint8Array,
  context: readonly string[],
): Buffer<ArrayBuffer> {
  if (sealed[0] !== FORMAT || sealed.length < HEADER_BYTES) throw new Error('unknown format');
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(context));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEADER_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES)), decipher.final()]);
}

function additionalData(context: readonly string[]): Buffer {
  return joinParts([`osm-secret-${FORMAT}`, ...context]);
}
