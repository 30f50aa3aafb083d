import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type BrotliDecompress,
  type Gunzip,
  type Inflate,
} from 'node:zlib';
import { GatewayError } from '../core/errors.js';
import { ownEntry } from '../core/own-entry.js';

/** Most bytes that a compressed answer may have when it is inflated. */
export const MAX_INFLATED_BYTES = 32 * 1024 * 1024;
/** What is this many times its compressed size is an attack, once it is larger than RATIO_FROM_BYTES. */
const MAX_RATIO = 100;
const RATIO_FROM_BYTES = 1024 * 1024;

const DECOMPRESSORS: Readonly<Record<string, () => Gunzip | Inflate | BrotliDecompress>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Who gets the inflated bytes: all of them and then `onEnd`, or `onError` and nothing more. */
export interface Inflated {
  onData(bytes: Buffer): void;
  onEnd(): void;
  onError(error: GatewayError): void;
}

/**
 * Inflates the answer of a provider that compresses although it was asked not to: one layer, within bounds. Bytes come
 * out as soon as the provider has flushed them.
 */
export class Inflater {
  private readonly decompressor: Gunzip | Inflate | BrotliDecompress;
  private received = 0;
  private inflated = 0;

  /** @throws GatewayError upstream_error for an encoding that is not known, or more than one */
  constructor(encoding: string, receiver: Inflated) {
    const create = ownEntry(DECOMPRESSORS, encoding.trim().toLowerCase());
    if (!create) throw failure('the answer comes in an encoding that is not known');
    this.decompressor = create();
    this.decompressor.on('data', (bytes: Buffer) => {
      this.inflated += bytes.length;
      if (!this.isTooLarge()) return receiver.onData(bytes);
      this.destroy();
      receiver.onError(failure(`${this.received} compressed bytes are more than can be taken`));
    });
    this.decompressor.on('end', () => receiver.onEnd());
    this.decompressor.on('error', ({ message }) => {
      this.destroy();
      receiver.onError(failure(`the answer cannot be inflated: ${message}`));
    });
  }

  write(bytes: Buffer): void {
    this.received += bytes.length;
    this.decompressor.write(bytes);
  }

  /** No more bytes come. */
  end(): void {
    this.decompressor.end();
  }

  /** Nothing more is wanted. */
  destroy(): void {
    this.decompressor.removeAllListeners('data').removeAllListeners('end').destroy();
  }

  private isTooLarge(): boolean {
    if (this.inflated > MAX_INFLATED_BYTES) return true;
    return this.inflated > RATIO_FROM_BYTES && this.inflated > this.received * MAX_RATIO;
  }
}

function failure(detail: string): GatewayError {
  return new GatewayError('upstream_error', { detail });
}
