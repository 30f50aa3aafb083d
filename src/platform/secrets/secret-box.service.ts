import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Environment } from '../env.js';
import { decrypt, encrypt, KEY_BYTES, NONCE_BYTES } from './envelope.js';
import { readOrCreateKeyFile } from './key-file.adapter.js';
import { parseKeyRing, type KeyRing } from './key-ring.js';

/** A secret as it is stored: encrypted with a key of its own, which a key-encryption key wraps. */
export interface Sealed {
  /** Which key-encryption key wraps the data key. */
  readonly keyId: string;
  readonly wrappedKey: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** The part of a sealed secret that a rotation replaces. */
export type WrappedKey = Pick<Sealed, 'keyId' | 'wrappedKey'>;

/**
 * Encrypts what must be stored and read again. The key-encryption keys come from KEY_ENCRYPTION_KEYS; without it,
 * outside production, from a file in the data directory.
 */
@Injectable()
export class SecretBoxService {
  private keyRing: KeyRing | undefined;

  constructor(private readonly environment: Environment) {}

  /** Reads the key-encryption keys, or makes one. @throws Error where that cannot be done */
  requireKeys(): void {
    this.ring();
  }

  /** The id of the key-encryption key that new secrets are wrapped with. Throws like `requireKeys`. */
  get currentKeyId(): string {
    return this.ring().currentId;
  }

  /** @param context says what the secret belongs to (a record's id, its organization); it opens for nothing else */
  seal(plain: string | Uint8Array, context: readonly string[]): Sealed {
    const dataKey = randomBytes(KEY_BYTES);
    const bytes = typeof plain === 'string' ? Buffer.from(plain, 'utf8') : plain;
    const ciphertext = encrypt(dataKey, randomBytes(NONCE_BYTES), bytes, context);
    const wrapped = this.wrap(dataKey);
    dataKey.fill(0);
    return { ...wrapped, ciphertext };
  }

  /** What was sealed with this context. @throws GatewayError internal_error, with the reason in the log alone */
  open(sealed: Sealed, context: readonly string[]): Buffer<ArrayBuffer> {
    const dataKey = this.unwrap(sealed);
    try {
      return decrypt(dataKey, sealed.ciphertext, context);
    } catch {
      throw unopened('it was changed, or belongs to another record');
    } finally {
      dataKey.fill(0);
    }
  }

  /**
   * The same data key wrapped with the current key-encryption key; undefined where it is already.
   * @throws GatewayError internal_error where the key that wraps it is not known
   */
  rewrap(wrapped: WrappedKey): WrappedKey | undefined {
    if (wrapped.keyId === this.currentKeyId) return undefined;
    const dataKey = this.unwrap(wrapped);
    const anew = this.wrap(dataKey);
    dataKey.fill(0);
    return anew;
  }

  private wrap(dataKey: Uint8Array): WrappedKey {
    const keyId = this.currentKeyId;
    const nonce = randomBytes(NONCE_BYTES);
    return { keyId, wrappedKey: encrypt(this.key(keyId), nonce, dataKey, wrapping(keyId)) };
  }

  private unwrap({ keyId, wrappedKey }: WrappedKey): Buffer<ArrayBuffer> {
    const key = this.key(keyId);
    try {
      return decrypt(key, wrappedKey, wrapping(keyId));
    } catch {
      throw unopened(`its data key does not fit the key-encryption key ${keyId}`);
    }
  }

  private key(id: string): Uint8Array {
    const key = this.ring().keys.get(id);
    if (!key) throw unopened(`the key-encryption key ${id} is not known here`);
    return key;
  }

  private ring(): KeyRing {
    const { KEY_ENCRYPTION_KEYS: given, NODE_ENV, DATA_DIR } = this.environment;
    if (given === undefined && NODE_ENV === 'production')
      throw new Error('KEY_ENCRYPTION_KEYS must be set in production');
    return (this.keyRing ??= parseKeyRing(given ?? readOrCreateKeyFile(DATA_DIR)));
  }
}

function wrapping(keyId: string): readonly string[] {
  return ['data-key', keyId];
}

function unopened(reason: string): GatewayError {
  return new GatewayError('internal_error', { detail: `a secret cannot be opened: ${reason}` });
}
