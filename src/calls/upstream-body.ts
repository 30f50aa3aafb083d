import { GatewayError } from '../core/errors.js';
import { faultOfShape } from '../platform/http/json-shape.js';
import type { Plan, UpstreamHead } from '../providers/index.js';
import { retryAfterOf } from './retry-after.js';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** An answer of 5,000 tokens has 850,000 of them when it tells twenty probabilities for each, each with its bytes. */
const MAX_ELEMENTS = 1_000_000;

/** The body of a provider's answer, collected piece by piece. */
export class CollectedBody {
  private readonly pieces: Buffer[] = [];
  private size = 0;

  /** @throws GatewayError upstream_error when it is larger than 32 MiB */
  add(piece: Buffer): void {
    this.size += piece.length;
    if (this.size > MAX_BODY_BYTES) {
      throw new GatewayError('upstream_error', { detail: 'the answer is larger than 32 MiB' });
    }
    this.pieces.push(piece);
  }

  /** @throws GatewayError upstream_error if it is not JSON, or too large a tree */
  json(): unknown {
    const [first] = this.pieces;
    const bytes = this.pieces.length === 1 && first ? first : Buffer.concat(this.pieces);
    const text = bytes.toString('utf8');
    const fault = faultOfShape(text, MAX_ELEMENTS);
    if (fault) throw new GatewayError('upstream_error', { detail: `the answer ${fault}` });
    try {
      return JSON.parse(text);
    } catch {
      const start = JSON.stringify(text.slice(0, 120));
      throw new GatewayError('upstream_error', {
        detail: `the answer is not JSON; it begins with ${start}`,
      });
    }
  }
}

/** Whether a provider accepted the request. */
export function isSuccess({ statusCode }: UpstreamHead): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** What a provider answered in place of an answer, as an error of the table. `nowMs` since the epoch. */
export function failureOf(
  plan: Plan,
  head: UpstreamHead,
  body: CollectedBody,
  nowMs: number,
): GatewayError {
  let parsed: unknown;
  try {
    parsed = body.json();
  } catch {
    parsed = undefined;
  }
  const failure = {
    status: head.statusCode,
    body: parsed,
    retryAfterSeconds: retryAfterOf(head.headers, nowMs),
    errorType: textHeader(head, 'x-amzn-errortype'),
  };
  return plan.protocol.fromUpstreamError(failure, plan.target);
}

function textHeader({ headers }: UpstreamHead, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
