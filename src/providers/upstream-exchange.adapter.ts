import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../core/errors.js';
import { Inflater } from './inflater.adapter.js';

export interface UpstreamHead {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}

/** Who gets a provider's answer. After `onEnd` or `onError` nothing more comes; one of them always does. */
export interface UpstreamReceiver {
  /** There is a connection, and the request goes out on it. Never called where it was broken off before. */
  onSent?(): void;
  onHead(head: UpstreamHead): void;
  onData(bytes: Buffer): void;
  onEnd(): void;
  /** A GatewayError, or the reason that was given to `abort`. */
  onError(error: unknown): void;
}

/** Holds a running request to a provider. */
export interface UpstreamExchange {
  /** Takes no more from the socket until `resume`. */
  pause(): void;
  resume(): void;
  /** Breaks the request off; the receiver gets `reason` at once. Nothing if it has ended. */
  abort(reason: unknown): void;
}

/** Between undici and the receiver: one end, and an abort that works before the socket is there. */
export class Exchange implements UpstreamExchange, Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private over = false;
  /** Set where the answer is compressed, though it was asked not to be. */
  private inflater: Inflater | undefined;
  /** Called where the provider does not know who asks. */
  onUnauthorized: (() => void) | undefined;

  constructor(private readonly receiver: UpstreamReceiver) {}

  pause(): void {
    if (!this.over) this.controller?.pause();
  }

  resume(): void {
    this.controller?.resume();
  }

  abort(reason: unknown): void {
    if (this.over) return;
    this.over = true;
    this.inflater?.destroy();
    this.controller?.abort(ABORTED);
    this.receiver.onError(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) controller.abort(ABORTED);
    else this.receiver.onSent?.();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (statusCode === 401) this.onUnauthorized?.();
    if (this.over || statusCode < 200) return;
    if (isCompressed(headers)) this.inflate(headers['content-encoding'] ?? '');
    if (!this.isOver()) this.receiver.onHead({ statusCode, headers });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.over) return;
    if (this.inflater) this.inflater.write(chunk);
    else this.receiver.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.inflater) this.inflater.end();
    else this.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: unknown): void {
    this.fail(error);
  }

  /** Ends it with a failure, also one that came before the request went out. */
  fail(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.inflater?.destroy();
    this.receiver.onError(toUpstreamError(error));
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    this.receiver.onEnd();
  }

  private inflate(encoding: string): void {
    try {
      this.inflater = new Inflater(encoding, {
        onData: (bytes) => {
          if (!this.over) this.receiver.onData(bytes);
        },
        onEnd: () => this.end(),
        onError: (error) => this.abort(error),
      });
    } catch (error) {
      this.abort(error);
    }
  }

  private isOver(): boolean {
    return this.over;
  }
}

function isCompressed({ 'content-encoding': encoding }: IncomingHttpHeaders): boolean {
  return encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity';
}

const ABORTED = new Error('the gateway broke the request off');

const TIMEOUT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** A failure of the network on the way to a provider, or while its answer came. */
function toUpstreamError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const detail = `${code ?? 'error'}: ${message ?? ''}`;
  if (code !== undefined && TIMEOUT_CODES.has(code))
    return new GatewayError('upstream_timeout', { detail });
  return new GatewayError('upstream_error', { detail });
}
