import type { Directives } from './directives.js';
import type { Line } from './line.js';
import type { Frame, Usage } from './types.js';

// Large enough that an unpaced stream costs few system calls, small enough to notice an abort.
const BATCH_CHARACTERS = 16_384;

export interface Plan {
  readonly directives: Directives;
  readonly inBandError: string;
  /** Told what was written, as soon as it was. */
  readonly onTokens: (completion: number, reasoning: number) => void;
}

interface Progress {
  batch: string;
  pending: number;
  pendingReasoning: number;
  chunks: number;
  tokens: number;
}

/** Writes the events of a stream at the pace, and with the accidents, the directives ask for. */
export async function playStream(line: Line, frames: Iterable<Frame>, plan: Plan): Promise<void> {
  const { rate } = plan.directives;
  const progress: Progress = { batch: '', pending: 0, pendingReasoning: 0, chunks: 0, tokens: 0 };
  const startedAt = line.now();
  for (const frame of frames) {
    if (line.closed) return;
    const accident = accidentAt(plan.directives, frame, progress.chunks);
    if (accident !== undefined) return happen(accident, line, frame, progress, plan);
    if (rate !== undefined && frame.tokens > 0) {
      const wait = startedAt + (progress.tokens * 1000) / rate - line.now();
      if (wait > 0) {
        await flush(line, progress, plan);
        await line.sleep(wait);
      }
    }
    collect(progress, frame);
    if (progress.batch.length >= BATCH_CHARACTERS) await flush(line, progress, plan);
  }
  if (line.closed) return;
  settle(progress, plan);
  line.response.end(progress.batch);
}

/** Writes a JSON body, whole or with the accident the directives ask for. */
export async function playWhole(line: Line, body: string, usage: Usage, plan: Plan): Promise<void> {
  const { cut, stall } = plan.directives;
  if (cut === undefined && stall === undefined) {
    plan.onTokens(usage.completionTokens, usage.reasoningTokens);
    line.response.end(body);
    return;
  }
  const half = body.slice(0, body.length / 2);
  if (cut !== undefined) return line.breakAfter(half);
  await line.write(half);
  await line.untilClosed();
}

type Accident = 'cut' | 'stall' | 'error';

/** Something goes wrong at the first event after the given number of content chunks. */
function accidentAt(directives: Directives, frame: Frame, chunks: number): Accident | undefined {
  if (frame.tokens === 0 && chunks === 0) return undefined;
  if (directives.cut !== undefined && chunks >= directives.cut) return 'cut';
  if (directives.stall !== undefined && chunks >= directives.stall) return 'stall';
  const { errorAfter } = directives;
  return errorAfter !== undefined && chunks >= errorAfter ? 'error' : undefined;
}

async function happen(
  accident: Accident,
  line: Line,
  frame: Frame,
  progress: Progress,
  plan: Plan,
): Promise<void> {
  await flush(line, progress, plan);
  if (line.closed) return;
  if (accident === 'error') line.response.end(plan.inBandError);
  else if (accident === 'stall') await line.untilClosed();
  else line.breakAfter(frame.data.slice(0, frame.data.length / 2));
}

function collect(progress: Progress, frame: Frame): void {
  progress.batch += frame.data;
  if (frame.tokens === 0) return;
  progress.chunks += 1;
  progress.tokens += frame.tokens;
  progress.pending += frame.tokens;
  if (frame.reasoning) progress.pendingReasoning += frame.tokens;
}

async function flush(line: Line, progress: Progress, plan: Plan): Promise<void> {
  const { batch } = progress;
  settle(progress, plan);
  progress.batch = '';
  await line.write(batch);
}

function settle(progress: Progress, plan: Plan): void {
  if (progress.pending > 0) plan.onTokens(progress.pending, progress.pendingReasoning);
  progress.pending = 0;
  progress.pendingReasoning = 0;
}
