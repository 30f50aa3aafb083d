import type { IncomingHttpHeaders } from 'node:http';
import { parseUsd, type PicoUsd } from '../../src/core/money.js';
import type { CallPlan } from './call-plan.js';
import { recordedPieces, type Arrival } from './recorded-pieces.js';

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
  readonly plan: CallPlan;
  readonly label: string;
  readonly stream: boolean;
  readonly fate: Fate;
  /** Address of the process that it was made to; each life of one has its own. */
  readonly server: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly status: number | undefined;
  readonly callId: string | undefined;
  /** Code of the error that came as the answer or inside the stream. */
  readonly errorCode: string | undefined;
  readonly usage: SeenUsage | undefined;
  /** Pieces that arrived, of which the first carries the role and the others content; and characters in all. */
  readonly pieces: number;
  /** Pieces of content that the gateway had certainly recorded when the last of them arrived. */
  readonly recorded: number;
  readonly bytes: number;
}

const DONE = 'data: [DONE]\n\n';
const PIECE = '"delta":{"';

/** Reads an answer along as it arrives. */
export class CallSight {
  private text = '';
  private status: number | undefined;
  private callId: string | undefined;
  private pieces = 0;
  /** Too short for a piece: what came in two parts is found, and nothing twice. */
  private tail = '';
  private readonly arrivals: Arrival[] = [];

  constructor(
    private readonly plan: CallPlan,
    private readonly server: string,
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

  /** @param at milliseconds since the epoch */
  take(text: string, at: number): void {
    this.text += text;
    if (!this.plan.stream) return;
    const part = this.tail + text;
    const found = part.split(PIECE).length - 1;
    this.tail = part.slice(1 - PIECE.length);
    this.pieces += found;
    if (found > 0 && this.pieces > 1) this.arrivals.push({ at, pieces: this.pieces - 1 });
  }

  /** What was seen when the connection ended like this. */
  close(ending: Ending, endedAt: number): CallSeen {
    const { plan, server, status, callId, text, startedAt, pieces, bytes } = this;
    const { label, stream } = plan;
    const fate = this.fateOf(ending);
    const recorded = recordedPieces(this.arrivals);
    const errorCode = /"error":\{[^}]*"code":"(\w+)"/.exec(text)?.[1];
    const usage = fate === 'complete' ? usageIn(text, stream) : undefined;
    const seen = { plan, label, stream, fate, server, startedAt, endedAt, status, callId };
    return { ...seen, errorCode, usage, pieces, recorded, bytes };
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
