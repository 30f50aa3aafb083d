import { Injectable } from '@nestjs/common';
import { BodyStore, MAX_KEPT, type CallContent } from '../billing/index.js';
import { GatewayError, type ErrorBody } from '../core/errors.js';
import { CLIENT_GONE, type Call, type ClientStream, type CompletedAnswer } from './call.js';
import { RecordedStream } from './recorded-stream.js';

/** Keeps what calls were about, of organizations that want it; the others' calls pass by without a trace. */
@Injectable()
export class CallBodiesService {
  constructor(private readonly store: BodyStore) {}

  /** Runs a call that is answered in one piece. @throws what the call throws */
  whole(call: Call, work: () => Promise<CompletedAnswer>): Promise<CompletedAnswer> {
    return isKept(call) ? this.keepWhole(call, work) : work();
  }

  /** Runs a call whose answer is streamed to a client. @throws what the call throws */
  streamed(
    call: Call,
    client: ClientStream,
    work: (client: ClientStream) => Promise<void>,
  ): Promise<void> {
    return isKept(call) ? this.keepStreamed(call, client, work) : work(client);
  }

  private async keepWhole(
    call: Call,
    work: () => Promise<CompletedAnswer>,
  ): Promise<CompletedAnswer> {
    try {
      const answer = await work();
      this.keep(call, { answer: answer.completion });
      return answer;
    } catch (error) {
      this.keep(call, { error: toldError(error) });
      throw error;
    }
  }

  private async keepStreamed(
    call: Call,
    client: ClientStream,
    work: (client: ClientStream) => Promise<void>,
  ): Promise<void> {
    const stream = new RecordedStream(client, MAX_KEPT);
    let error: ErrorBody['error'] | null = null;
    try {
      await work(stream);
    } catch (thrown) {
      error = toldError(thrown);
      throw thrown;
    } finally {
      const { kept } = stream;
      this.keep(call, {
        answer: kept.answer() ?? null,
        error: stream.error ?? error,
        truncated: kept.truncated,
      });
    }
  }

  private keep(call: Call, content: Partial<CallContent>): void {
    const { id: callId, principal, startedAt, request } = call;
    const owner = { callId, organizationId: principal.organizationId, startedAt };
    this.store.keep(owner, { request, answer: null, error: null, truncated: false, ...content });
  }
}

function isKept({ principal }: Call): boolean {
  return principal.retention === 'full';
}

/** A client that left was told nothing. */
function toldError(thrown: unknown): ErrorBody['error'] | null {
  if (thrown === CLIENT_GONE) return null;
  const error = thrown instanceof GatewayError ? thrown : new GatewayError('internal_error');
  return error.toBody().error;
}
