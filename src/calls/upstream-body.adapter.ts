import { GatewayError } from '../core/errors.js';
import { toUpstreamError, type UpstreamResponse } from '../providers/index.js';

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * Reads the whole body of a provider's answer.
 * @throws GatewayError upstream_error if it is larger than 32 MiB or breaks off; the reason of the signal if it aborts.
 */
export async function readUpstreamBody(
  response: UpstreamResponse,
  signal: AbortSignal,
): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MAX_BODY_BYTES)
        throw new GatewayError('upstream_error', { detail: 'the answer is larger than 32 MiB' });
      pieces.push(piece);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toUpstreamError(error);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** @throws GatewayError upstream_error if the text is not JSON. */
export function parseUpstreamJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const start = JSON.stringify(text.slice(0, 120));
    throw new GatewayError('upstream_error', {
      detail: `the answer is not JSON; it begins with ${start}`,
    });
  }
}

/** Retry-After of an answer in seconds, given as a number or a date. */
export function retryAfterOf(response: UpstreamResponse, nowMs: number): number | undefined {
  const value = response.headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1_000);
}
