import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request, type Dispatcher } from 'undici';
import { GatewayError } from '../../../core/errors.js';
import { Environment } from '../../../platform/env.js';
import {
  guardedConnector,
  RESOLVE_ALL,
  type ResolveAll,
} from '../../../platform/guarded-connector.adapter.js';

const CONNECT_TIMEOUT_MS = 3_000;

export interface ReportLimits {
  readonly maxBytes: number;
  /** Until the last byte is there, connecting included. */
  readonly timeoutMs: number;
}

/**
 * Gets providers' reports of what they bill, with the key of an administrator. Addresses are checked where the socket
 * connects, as for calls; redirects are not followed, so that the key goes nowhere else.
 */
@Injectable()
export class ReportDownloadClient implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(
    { ALLOW_PRIVATE_UPSTREAMS }: Environment,
    @Optional() @Inject(RESOLVE_ALL) resolveAll?: ResolveAll,
  ) {
    const connect = { timeout: CONNECT_TIMEOUT_MS };
    const isOpen = ALLOW_PRIVATE_UPSTREAMS === 'true';
    this.agent = new Agent({ connect: isOpen ? connect : guardedConnector(connect, resolveAll) });
  }

  /** @throws Error that names the host and why there is no report: status, size, time, address or network */
  async text(
    url: URL,
    headers: Readonly<Record<string, string>>,
    { maxBytes, timeoutMs }: ReportLimits,
  ): Promise<string> {
    const asked = { accept: 'application/json', 'accept-encoding': 'identity', ...headers };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await request(url, { dispatcher: this.agent, headers: asked, signal });
      return await textOf(answer, maxBytes);
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      throw new Error(`${url.host} gives no cost report: ${reason}`, { cause: error });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

async function textOf(answer: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const { body } = answer;
  const problem = problemOf(answer);
  if (problem !== undefined) {
    body.on('error', () => undefined).destroy();
    throw new Error(problem);
  }
  const pieces: Buffer[] = [];
  let size = 0;
  // An error in the loop breaks the answer off.
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** What is wrong with an answer, as its head tells. */
function problemOf({ statusCode, headers }: Dispatcher.ResponseData): string | undefined {
  if (statusCode !== 200) return `status ${statusCode}`;
  const encoding = String(headers['content-encoding'] ?? 'identity');
  return encoding === 'identity' ? undefined : `it is encoded as ${encoding}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof GatewayError) return error.detail ?? error.message;
  const { code, message } = error as { code?: string; message?: string };
  return message || code || 'it cannot be reached';
}
