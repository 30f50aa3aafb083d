import { Injectable } from '@nestjs/common';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import {
  UpstreamClient,
  type UpstreamDestination,
  type UpstreamExchange,
  type UpstreamReceiver,
} from '../upstream.client.js';

const MAX_BODY_BYTES = 64 * 1024;

export interface ProbeAnswer {
  readonly status: number;
  /** Its beginning; all of it where the probe wants that and it is not longer than 64 KiB. */
  readonly body: string;
}

/** What is asked: a path, by GET unless there is a body. */
export interface Probe {
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Whether more is wanted of a good answer than that it begins. */
  readonly isReadWhole?: boolean;
}

/** Asks a provider one question, outside of any call. */
@Injectable()
export class CredentialProbeService {
  constructor(private readonly upstream: UpstreamClient) {}

  /** The beginning of the answer. @throws GatewayError upstream_timeout, upstream_error, internal_error */
  ask(destination: UpstreamDestination, probe: Probe, timeoutMs: number): Promise<ProbeAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => exchange.abort(TOO_LATE), timeoutMs);
      const receiver = new ProbeReceiver(
        (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        (error) => {
          clearTimeout(timer);
          reject(toGatewayError(error));
        },
        () => exchange.abort(ENOUGH),
        probe.isReadWhole === true,
      );
      const exchange = this.send(destination, probe, receiver, timeoutMs);
    });
  }

  private send(
    destination: UpstreamDestination,
    { path, body }: Probe,
    receiver: UpstreamReceiver,
    timeoutMs: number,
  ): UpstreamExchange {
    return body === undefined
      ? this.upstream.get(destination, path, receiver, timeoutMs)
      : this.upstream.send(destination, { path, body }, receiver, timeoutMs);
  }
}

const TOO_LATE = new GatewayError('upstream_timeout');
const ENOUGH = new Error('enough was read');

/** Reads as much of an answer as tells what it is. */
class ProbeReceiver implements UpstreamReceiver {
  private status = 0;
  private size = 0;
  private readonly pieces: Buffer[] = [];

  constructor(
    private readonly resolve: (answer: ProbeAnswer) => void,
    private readonly reject: (error: unknown) => void,
    private readonly stop: () => void,
    private readonly isReadWhole: boolean,
  ) {}

  onHead({ statusCode }: { readonly statusCode: number }): void {
    this.status = statusCode;
  }

  onData(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.size += bytes.length;
    const isKnown = this.status < 300 && !this.isReadWhole;
    if (isKnown || this.size > MAX_BODY_BYTES) this.stop();
  }

  onEnd(): void {
    this.resolve({ status: this.status, body: Buffer.concat(this.pieces).toString('utf8') });
  }

  onError(error: unknown): void {
    if (error === ENOUGH) this.onEnd();
    else this.reject(error);
  }
}
