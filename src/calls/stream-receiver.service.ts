import { GatewayError } from '../core/errors.js';
import type { Environment } from '../platform/env.js';
import {
  streamReaderFor,
  type Plan,
  type StreamOutput,
  type StreamReader,
  type TargetHealthService,
  type UpstreamExchange,
  type UpstreamHead,
  type UpstreamReceiver,
} from '../providers/index.js';
import type { CallSignal } from './call-signal.js';
import type { ClientDrainsService } from './client-drains.service.js';
import { hasContent } from './delivered.js';
import { RunningExchange } from './running-exchange.js';
import { CollectedBody, failureOf, isSuccess } from './upstream-body.js';
import { outputsOfAnswer } from './whole-answer.js';

/** How long a provider may keep its connection open behind the end of its answer, ms. */
const LINGER_MS = 1_000;
/** Blames nobody. */
const BROKEN_OFF_HERE = new Error('the call was broken off here');

/** Who gets what a stream means. */
export interface StreamSink {
  /** In order. What it throws ends the stream by `fail`. */
  take(outputs: readonly StreamOutput[]): void;
  /** Nobody reads the answer any more; it comes all the same, for what its end tells. */
  readOn(): void;
  /** The stream broke off: a GatewayError, or the reason of an abort. Called once, and nothing after it. */
  fail(error: unknown): void;
}

/** Decodes a provider's stream for a sink, and watches over its pace. */
export class StreamReceiver implements UpstreamReceiver {
  private readonly reader: StreamReader;
  private state: unknown;
  /** Set where the answer is no event stream: an error, or the whole answer as JSON. */
  private body: CollectedBody | undefined;
  private head: UpstreamHead | undefined;
  private readonly exchange = new RunningExchange();
  private timer: NodeJS.Timeout;
  /** How many pieces have come. */
  private pieces = 0;
  private phase: 'waiting' | 'answering' | 'complete' | 'over' = 'waiting';
  private signal: CallSignal | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly sink: StreamSink,
    private readonly environment: Environment,
    private readonly health: TargetHealthService,
  ) {
    this.reader = streamReaderFor(plan.protocol.framing);
    this.state = plan.protocol.stream.start(plan.target);
    this.timer = this.limit(environment.UPSTREAM_FIRST_TOKEN_TIMEOUT_MS);
  }

  /** Lets the signal break the exchange off, unless the client has left an answer that is to be read on. */
  attach(exchange: UpstreamExchange, signal: CallSignal, drains: ClientDrainsService): void {
    this.signal = signal;
    this.exchange.follow(exchange, this.plan, signal, drains, () => {
      this.sink.readOn();
      exchange.resume();
    });
  }

  onHead(head: UpstreamHead): void {
    this.head = head;
    const type = head.headers['content-type'] ?? '';
    if (isSuccess(head) && type.startsWith('text/html')) {
      this.exchange.abort(
        new GatewayError('upstream_error', { detail: 'the provider answered with HTML' }),
      );
    } else if (!isSuccess(head) || type.startsWith('application/json')) {
      this.body = new CollectedBody();
    }
  }

  onData(bytes: Buffer): void {
    if (this.phase === 'complete') return;
    this.pieces++;
    try {
      if (this.body) this.body.add(bytes);
      else this.hand(this.decode(this.reader.push(bytes)));
    } catch (error) {
      this.exchange.abort(error);
    }
  }

  onEnd(): void {
    if (this.phase === 'complete') return this.over();
    try {
      this.hand(this.lastOutputs());
      this.over();
    } catch (error) {
      this.onError(error);
    }
  }

  onError(error: unknown): void {
    const wasComplete = this.phase === 'complete';
    this.over(error);
    if (!wasComplete) this.sink.fail(error);
  }

  private lastOutputs(): readonly StreamOutput[] {
    const { plan, head, body } = this;
    if (!body) {
      const rest = this.decode(this.reader.end());
      return [...rest, ...plan.protocol.stream.end(this.state)];
    }
    if (head && !isSuccess(head)) throw failureOf(plan, head, body, Date.now());
    return outputsOfAnswer(plan.protocol.fromUpstreamResponse(body.json(), plan.target));
  }

  private decode(events: ReturnType<StreamReader['push']>): readonly StreamOutput[] {
    const decoder = this.plan.protocol.stream;
    if (events.length === 1 && events[0]) {
      const [next, outputs] = decoder.step(this.state, events[0]);
      this.state = next;
      return outputs;
    }
    const all: StreamOutput[] = [];
    for (const event of events) {
      const [next, outputs] = decoder.step(this.state, event);
      this.state = next;
      for (const output of outputs) all.push(output);
    }
    return all;
  }

  private hand(outputs: readonly StreamOutput[]): void {
    this.keepTime(outputs);
    if (outputs.length > 0) this.sink.take(outputs);
    if (this.phase === 'answering' && outputs.at(-1)?.type === 'end') this.complete();
  }

  /** Before the first content nothing puts the end off; after it every piece does. */
  private keepTime(outputs: readonly StreamOutput[]): void {
    if (this.phase === 'answering') this.timer.refresh();
    else if (this.phase === 'waiting' && outputs.some(isContent)) {
      this.phase = 'answering';
      clearTimeout(this.timer);
      this.timer = this.limit(this.environment.UPSTREAM_IDLE_TIMEOUT_MS);
    }
  }

  /** The rest of the bytes is let through, so that the connection can serve again. */
  private complete(): void {
    this.phase = 'complete';
    this.health.ended(this.plan.target);
    this.exchange.settle();
    clearTimeout(this.timer);
    this.timer = this.limit(LINGER_MS);
  }

  private over(error?: unknown): void {
    // A provider that was answering is not blamed for an end that was made here.
    const isOurs = this.phase === 'answering' && this.signal?.aborted === true;
    if (this.phase !== 'complete' && this.phase !== 'over')
      this.health.ended(this.plan.target, isOurs ? BROKEN_OFF_HERE : error);
    this.phase = 'over';
    clearTimeout(this.timer);
    this.exchange.letGo();
  }

  /**
   * Breaks the exchange off after a time. A process that itself stood still finds its time up before it has read what came
   * meanwhile: that is read first, and an answer that goes on by it has its time again.
   */
  private limit(milliseconds: number): NodeJS.Timeout {
    const timer: NodeJS.Timeout = setTimeout(() => {
      const { pieces } = this;
      setImmediate(() => {
        const goesOn = this.phase === 'answering' && this.pieces > pieces;
        if (this.timer === timer && this.phase !== 'over' && !goesOn)
          this.exchange.abort(new GatewayError('upstream_timeout'));
      });
    }, milliseconds);
    return timer;
  }
}

function isContent(output: StreamOutput): boolean {
  return output.type === 'text' || (output.type === 'chunk' && hasContent(output.chunk));
}
