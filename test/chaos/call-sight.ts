import type { IncomingHttpHeaders } from 'node:http';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';
import type { CallPlan } from './call-plan.js';

/** How the connection of a call ended: by the server in order, broken, never made, by the client, or by its patience. */
export type Ending = 'over' | 'cut' | 'unconnected' | 'left' | 'hung';

/**
 * What a client can say of its call. `complete`: it saw the end of the answer. `refused`: it got an error in place
 * of one. `cut`: the answer broke off. `unanswered`: not a byte of one came. `unconnected`: nothing was ever sent.
 */
export type Fate = 'complete' | 'refused' | 'cut' | 'unanswered' | 'unconnected' | 'left' | 'hung';

export interface SeenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: PicoUsd;
}

export interface CallSeen {
  readonly label: string;
  readonly stream: boolean;
  readonly fate: Fate;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: number | undefined;
  readonly callId: string | undefined;
  /** Code of the error that came as the answer or inside the stream. */
  readonly errorCode: string | undefined;
  readonly usage: SeenUsage | undefined;
  /** Pieces of content that arrived, and characters in all. */
  readonly pieces: number;
  readonly bytes: number;
}

const DONE = 'data: [DONE]\n\n';

/** Reads an answer along as it arrives. */
export class CallSight {
  private text = '';
  private status: number | undefined;
  private callId: string | undefined;

  constructor(
    private readonly plan: CallPlan,
    private readonly startedAt: number,
  ) {}

  get bytes(): number {
    return this.text.length;
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    const id = headers['x-osm-request-id'];
    if (typeof id === 'string') this.callId = id;
  }

  take(text: string): void {
    this.text += text;
  }

  /** What was seen when the connection ended like this. */
  close(ending: Ending, endedAt: number): CallSeen {
    const { label, stream } = this.plan;
    const { status, callId, text, startedAt, bytes } = this;
    const fate = this.fateOf(ending);
    const pieces = stream ? text.split('"delta":{"').length - 1 : 0;
    const errorCode = /"error":\{[^}]*"code":"(\w+)"/.exec(text)?.[1];
    const usage = fate === 'complete' ? usageIn(text, stream) : undefined;
    const seen = { label, stream, fate, startedAt, endedAt, status, callId, errorCode };
    return { ...seen, usage, pieces, bytes };
  }

  /** Whoever has read the last frame has seen the end, whatever becomes of the connection then. */
  private fateOf(ending: Ending): Fate {
    const { stream } = this.plan;
    if (this.status === 200 && stream && this.text.endsWith(DONE)) return 'complete';
    if (ending === 'left' || ending === 'hung' || ending === 'unconnected') return ending;
    if (this.status === undefined) return 'unanswered';
    if (ending === 'cut') return 'cut';
    if (this.status !== 200) return 'refused';
    return stream ? 'cut' : 'complete';
  }
}

/** The figures of a whole answer; the cost digit by digit, as a number could not hold it. */
function usageIn(text: string, stream: boolean): SeenUsage {
  const json = stream ? (text.slice(0, -DONE.length).trimEnd().split('data: ').at(-1) ?? '') : text;
  const { usage } = JSON.parse(json) as {
    usage: { prompt_tokens: number; completion_tokens: number };
  };
  const cost = /"cost_usd_total":([\d.]+)/.exec(json)?.[1] ?? '';
  return {
    promptTokens: usage.prompt_tokens,
    completionTokens: usage.completion_tokens,
    cost: parseUsd(cost),
  };
}
