import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../core/errors.js';
import {
  UpstreamClient,
  type UpstreamDestination,
  type UpstreamReceiver,
} from './upstream.client.js';

export interface DownloadLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** An answer as a whole. */
export interface Download {
  readonly status: number;
  readonly text: string;
}

/** Gets whole documents outside of any call, by the guarded way out. Redirects are not followed. */
@Injectable()
export class DownloadClient {
  constructor(private readonly upstream: UpstreamClient) {}

  /** @throws GatewayError upstream_error (also where the answer is too large), upstream_timeout, internal_error */
  read(
    destination: UpstreamDestination,
    path: string,
    { maxBytes, timeoutMs }: DownloadLimits,
  ): Promise<Download> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => exchange.abort(new GatewayError('upstream_timeout')),
        timeoutMs,
      );
      const receiver = new DownloadReceiver(
        maxBytes,
        (download) => {
          clearTimeout(timer);
          resolve(download);
        },
        (error) => {
          clearTimeout(timer);
          reject(toGatewayError(error));
        },
        (reason) => exchange.abort(reason),
      );
      const exchange = this.upstream.get(destination, path, receiver, timeoutMs);
    });
  }
}

/** Gathers an answer, and breaks off one that is too large. */
class DownloadReceiver implements UpstreamReceiver {
  private readonly pieces: Buffer[] = [];
  private size = 0;
  private status = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly done: (download: Download) => void,
    private readonly failed: (error: unknown) => void,
    private readonly abort: (reason: GatewayError) => void,
  ) {}

  onHead({ statusCode }: { readonly statusCode: number }): void {
    this.status = statusCode;
  }

  onData(bytes: Buffer): void {
    this.size += bytes.length;
    if (this.size <= this.maxBytes) this.pieces.push(bytes);
    else {
      const message = `The answer has more than ${this.maxBytes} bytes.`;
      this.abort(new GatewayError('upstream_error', { message }));
    }
  }

  onEnd(): void {
    this.done({ status: this.status, text: Buffer.concat(this.pieces).toString('utf8') });
  }

  onError(error: unknown): void {
    this.failed(error);
  }
}
